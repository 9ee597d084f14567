package migrate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migrate/engine"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/runtime/rqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// NamesCluster reports whether a data source name is of a cluster, and not of a file.
func NamesCluster(dbstring string) bool {
	return strings.HasPrefix(dbstring, "http://") || strings.HasPrefix(dbstring, "https://")
}

// parseCluster reads the addresses of a cluster's nodes, separated by commas. ok is false
// if they are none. Errors do not repeat an address, in which there may be a password.
func parseCluster(dbstring string) (t Target, ok bool, err error) {
	if !NamesCluster(dbstring) {
		return t, false, nil
	}
	var names []string
	for i, address := range strings.Split(dbstring, ",") {
		address = strings.TrimSuffix(strings.TrimSpace(address), "/")
		u, err := url.Parse(address)
		if err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" {
			return t, true, fmt.Errorf("address %d of the cluster is not of the form http://host:4001", i+1)
		}
		t.nodes = append(t.nodes, address)
		u.User = nil
		names = append(names, u.String())
	}
	t.Path = strings.Join(names, ",")
	return t, true, nil
}

// Cluster reports whether the database is a cluster of rqlite.
func (t Target) Cluster() bool { return t.nodes != nil }

// cluster is a cluster whose migrations are run or read.
type cluster struct {
	*rqlite.Cluster
	target Target
}

// Dial makes a client of a cluster, which reads what has been written last. The caller
// closes it.
func (t Target) Dial(ctx context.Context) (*rqlite.Cluster, error) {
	return rqlite.Dial(ctx, t.nodes, rqlite.Options{Level: rqlite.Linearizable})
}

func (t Target) dial(ctx context.Context) (*cluster, error) {
	c, err := t.Dial(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	return &cluster{c, t}, nil
}

// versions are what goose's table says at one moment.
type versions struct {
	applied    []Applied
	last, rows int64 // the largest id and the number of the rows, which another moment does not share
}

// versions reads goose's table. A cluster that was never migrated has none, and must not
// have another tool's.
func (c *cluster) versions(ctx context.Context) (v versions, err error) {
	db := sql.OpenDB(rqlite.NewConnector(c.Cluster))
	defer db.Close()
	there, err := hasTable(ctx, db, migration.VersionTable)
	if err == nil && !there {
		err = NotOthers(ctx, db)
	}
	if err != nil || !there {
		return v, err
	}
	table, err := c.Query(ctx, rqlite.Statement{SQL: "SELECT id, version_id, is_applied, unixepoch(tstamp) FROM " + migration.VersionTable + " ORDER BY id"})
	if err != nil {
		return v, err
	}
	v.applied = []Applied{}
	for _, row := range table.Rows {
		id, _ := row[0].(int64)
		version, _ := row[1].(int64)
		at, _ := row[3].(int64)
		v.last, v.rows = id, v.rows+1
		if version > 0 {
			v.applied = recorded(v.applied, Applied{Version: version, At: time.Unix(at, 0).UTC()}, row[2] != int64(0))
		}
	}
	return v, nil
}

// recordVersions are the statements that make goose's table and record versions in it,
// beginning with goose's own 0. They fail if the table is there.
func recordVersions(list ...int64) []rqlite.Statement {
	now := time.Now().UTC().Format(time.DateTime)
	batch := []rqlite.Statement{{SQL: `CREATE TABLE ` + migration.VersionTable + ` (
		id INTEGER PRIMARY KEY AUTOINCREMENT,
		version_id INTEGER NOT NULL,
		is_applied INTEGER NOT NULL,
		tstamp TIMESTAMP DEFAULT (datetime('now'))
	)`}}
	for _, version := range append([]int64{0}, list...) {
		batch = append(batch, rqlite.Statement{
			SQL:  "INSERT INTO " + migration.VersionTable + " (version_id, is_applied, tstamp) VALUES (?, 1, ?)",
			Args: []any{version, now},
		})
	}
	return batch
}

// runCluster is Run for a cluster. Each step is one transaction, which fails if goose's
// table is not as it was read for the plan: then another process is at work, and all is
// read and planned anew.
func (t Target) runCluster(ctx context.Context, files []migration.File, plan Plan, opts Options) error {
	c, err := t.dial(ctx)
	if err != nil {
		return err
	}
	defer c.Close()
	for ended := 0; ; {
		v, err := c.versions(ctx)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Path, err)
		}
		steps, err := plan(files, v.applied)
		if err != nil {
			return fmt.Errorf("%s: %w", t.Path, err)
		}
		if len(steps) == 0 {
			return nil
		}
		if v.applied == nil {
			err = c.begin(ctx, files, steps, opts)
		} else {
			err = c.steps(ctx, files, v, steps, opts, &ended)
		}
		switch {
		case err == nil && (v.applied != nil || opts.From != 0 && len(steps) == 1):
			return nil
		case err == nil, errors.Is(err, errMoved) && ended == 0:
		case errors.Is(err, errMoved) && slices.ContainsFunc(steps, func(s Step) bool { return s.Up != steps[0].Up }):
			return fmt.Errorf("%s: %w meanwhile: drey migrate status tells where it is", t.Path, errMoved)
		case !errors.Is(err, errMoved):
			return err
		}
	}
}

// begin is for a cluster that was never migrated: it makes goose's table and, with the
// version of opts.From, the schema up to that. Of several processes one does; the others
// fail in their first statement.
func (c *cluster) begin(ctx context.Context, files []migration.File, steps []Step, opts Options) error {
	schema, first, later, err := Beginning(ctx, files, steps, opts.From)
	if err != nil {
		return err
	}
	if err := Refused(ctx, c.target, files, first, later); err != nil {
		if opts.From == 0 {
			err = fmt.Errorf("%w\na cluster can begin with the schema of a later version: options: {drey: {rqlite: {from: VERSION}}} in sqlc.yaml, or --from", err)
		}
		return err
	}
	var versions []int64
	for _, a := range first {
		versions = append(versions, a.Version)
	}
	batch := recordVersions(versions...)
	for _, sql := range schema {
		batch = append(batch, rqlite.Statement{SQL: sql})
	}
	_, err = c.Batch(ctx, batch)
	var failed *rqlite.Error
	switch {
	case errors.Is(err, rqlite.ErrUnknownOutcome):
		return nil // it is read again
	case errors.As(err, &failed):
		if v, e := c.versions(ctx); e == nil && v.applied != nil {
			return errMoved
		}
	}
	if err != nil {
		return fmt.Errorf("%s: %w", c.target.Path, err)
	}
	if opts.Ended != nil {
		for i := range first {
			opts.Ended(Step{&files[i], true})
		}
	}
	return nil
}

// has reports whether a version is applied.
func (v *versions) has(version int64) bool {
	return slices.ContainsFunc(v.applied, func(a Applied) bool { return a.Version == version })
}

// steps runs the steps of a plan, for goose's table as it was read. It is errMoved if the
// table is another one by now.
func (c *cluster) steps(ctx context.Context, files []migration.File, v versions, steps []Step, opts Options, ended *int) error {
	if err := Refused(ctx, c.target, files, v.applied, steps); err != nil {
		return err
	}
	if opts.Backup {
		if err := c.backup(ctx, steps, opts); err != nil {
			return err
		}
	}
	for i, s := range steps {
		if err := ctx.Err(); err != nil {
			return err
		}
		if opts.Starting != nil {
			opts.Starting(s, i, len(steps))
		}
		if err := c.surely(ctx, files, &v, s); err != nil {
			return err
		}
		if opts.Ended != nil {
			opts.Ended(s)
		}
		*ended++
	}
	return nil
}

// surely runs a step until it is known whether it is applied. One that was sent and not
// answered may be applied at any time, but not twice: it would change goose's table, and
// the next try fails.
func (c *cluster) surely(ctx context.Context, files []migration.File, v *versions, s Step) error {
	for doubted := false; ; {
		err := c.step(ctx, files, v, s)
		unknown := errors.Is(err, rqlite.ErrUnknownOutcome)
		if err == nil || !unknown && !(doubted && errors.Is(err, errMoved)) {
			return err
		}
		doubted = true
		now, e := c.versions(ctx)
		if e != nil {
			return errors.Join(fmt.Errorf("%s: %s may be applied: drey migrate status tells: %w", c.target.Path, s.File.Name(), e), err)
		}
		change := int64(1)
		if !s.Up {
			change = -1
		}
		switch {
		case now.has(s.File.Version()) == s.Up && now.rows == v.rows+change:
			*v = now
			return nil
		case now.last != v.last || now.rows != v.rows:
			return errMoved
		}
	}
}

// errMoved: goose's table is not as it was read.
var errMoved = errors.New("another process has migrated the database")

// step runs a migration and records it, in one transaction. It fails in its first
// statement if goose's table has changed since v, and brings v up to date otherwise.
func (c *cluster) step(ctx context.Context, files []migration.File, v *versions, s Step) error {
	const table = migration.VersionTable
	batch := []rqlite.Statement{{
		SQL: "INSERT INTO " + table + " (version_id, is_applied) SELECT NULL, 1 WHERE " +
			"(SELECT coalesce(max(id), 0) FROM " + table + ") <> ? OR (SELECT count(*) FROM " + table + ") <> ?",
		Args: []any{v.last, v.rows},
	}}
	places := []diag.Problem{{}}
	drops, err := dropped(ctx, files, v.applied, s)
	if err != nil {
		return err
	}
	for i, part := range engine.Parts(s.Statements()) {
		place := diag.Problem{File: s.path(), Line: part.Line}
		for _, child := range drops[i] {
			guarded := place
			guarded.Msg = fmt.Sprintf("the table that is dropped here is referred to by rows of %s, which would go with it: a cluster enforces foreign keys", child.table)
			guarded.Fix = "add the column, or a table beside it, instead of a rebuild; or " + engine.OnFile
			places = append(places, guarded)
			batch = append(batch, rqlite.Statement{SQL: "INSERT INTO " + table + " (version_id, is_applied) SELECT NULL, 1 WHERE EXISTS (SELECT 1 FROM " +
				sqltext.Quote(child.table) + " WHERE " + child.refers + ")"})
		}
		places = append(places, place)
		batch = append(batch, rqlite.Statement{SQL: part.SQL})
	}
	after := versions{applied: slices.Clone(v.applied), last: v.last, rows: v.rows}
	if s.Up {
		now := time.Now().UTC()
		batch = append(batch, rqlite.Statement{SQL: "INSERT INTO " + table + " (version_id, is_applied, tstamp) VALUES (?, 1, ?)",
			Args: []any{s.File.Version(), now.Format(time.DateTime)}})
		after.applied = recorded(after.applied, Applied{Version: s.File.Version(), At: now}, true)
	} else {
		batch = append(batch, rqlite.Statement{SQL: "DELETE FROM " + table + " WHERE version_id = ?", Args: []any{s.File.Version()}})
		after.applied = recorded(after.applied, Applied{Version: s.File.Version()}, false)
	}
	// What the table is after it, of the same moment.
	batch = append(batch, rqlite.Statement{SQL: "SELECT coalesce(max(id), 0), count(*) FROM " + table, Rows: true})
	results, err := c.Batch(ctx, batch)
	if err != nil {
		return c.failed(err, s, places)
	}
	row := results[len(results)-1].Rows[0]
	after.last, _ = row[0].(int64)
	after.rows, _ = row[1].(int64)
	*v = after
	return nil
}

// failed says where a step failed.
func (c *cluster) failed(err error, s Step, places []diag.Problem) error {
	var at interface{ Statement() int }
	var sqlite *rqlite.Error
	if !errors.As(err, &at) || !errors.As(err, &sqlite) || at.Statement() >= len(places) {
		return fmt.Errorf("%s: %s: %w", c.target.Path, s.File.Path, err)
	}
	i := at.Statement()
	if i == 0 {
		return errMoved
	}
	p := places[i]
	if p.Msg == "" {
		p.Msg, p.Err = fmt.Sprintf("the migration fails: %v", sqlite), sqlite
	}
	return &p
}

// backup copies the cluster into the current folder before the first destructive step.
func (c *cluster) backup(ctx context.Context, steps []Step, opts Options) error {
	for _, s := range steps {
		statement := s.Destructive()
		if statement == nil {
			continue
		}
		name := fmt.Sprintf("cluster.db.before-%d-%s", s.File.Version(), time.Now().UTC().Format("20060102T150405.000Z"))
		if err := c.copyTo(ctx, name); err != nil {
			return fmt.Errorf("back up %s: %w", c.target.Path, err)
		}
		if opts.BackedUp != nil {
			opts.BackedUp(name, Destroys{s.File.Path, *statement})
		}
		return nil
	}
	return nil
}

// copyTo writes the database into a file, which is there whole or not at all.
func (c *cluster) copyTo(ctx context.Context, name string) (err error) {
	part, err := os.OpenFile(name+".part", os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		err = errors.Join(err, part.Close())
		if err == nil {
			err = os.Rename(part.Name(), name)
		}
		if err != nil {
			os.Remove(part.Name())
		}
	}()
	if err := c.Backup(ctx, part); err != nil {
		return err
	}
	return part.Sync()
}

// Local returns the database as a file that can be read: of a cluster a copy, of one
// moment. remove deletes it.
func (t Target) Local(ctx context.Context) (local Target, remove func(), err error) {
	if !t.Cluster() {
		return t, func() {}, nil
	}
	c, err := t.dial(ctx)
	if err != nil {
		return t, nil, err
	}
	defer c.Close()
	dir, err := os.MkdirTemp("", "drey-*")
	if err != nil {
		return t, nil, err
	}
	local = Target{Path: filepath.Join(dir, "cluster.db"), of: t.Path}
	if err := c.copyTo(ctx, local.Path); err != nil {
		os.RemoveAll(dir)
		return t, nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	return local, func() { os.RemoveAll(dir) }, nil
}

// Applied returns the migrations that a cluster has, nil if it was never migrated.
func (t Target) Applied(ctx context.Context) ([]Applied, error) {
	c, err := t.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	v, err := c.versions(ctx)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	return v.applied, nil
}

// ReadOnCluster has read find which migrations a cluster has, by what it reads there.
func (t Target) ReadOnCluster(ctx context.Context, read func(*sql.DB) ([]Applied, error)) ([]Applied, error) {
	c, err := t.dial(ctx)
	if err != nil {
		return nil, err
	}
	defer c.Close()
	db := sql.OpenDB(rqlite.NewConnector(c.Cluster))
	defer db.Close()
	list, err := read(db)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t.Path, err)
	}
	return list, nil
}
