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
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/schema"
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

// Beginning is what a cluster that was never migrated begins with: the statements that make
// the schema of a version, which are none for 0, the versions that are applied with it, and
// the steps that are left.
func Beginning(ctx context.Context, files []migration.File, steps []Step, from int64) (schema []string, first []Applied, later []Step, err error) {
	if from == 0 {
		return nil, nil, steps, nil
	}
	at := slices.IndexFunc(files, func(f migration.File) bool { return f.Version() == from })
	if at < 0 {
		return nil, nil, nil, fmt.Errorf("there is no migration with version %d, with which a cluster is to begin", from)
	}
	if last := steps[len(steps)-1].File; len(steps) > 1 && last.Version() < from {
		return nil, nil, nil, fmt.Errorf("a cluster begins with version %d, and not with version %d", from, last.Version())
	}
	for i := range files[:at+1] {
		first = append(first, Applied{Version: files[i].Version()})
	}
	later = slices.DeleteFunc(slices.Clone(steps), func(s Step) bool { return s.File.Version() <= from })
	schema, err = engine.Beginning(ctx, files[:at+1], engine.Rqlite)
	return schema, first, later, err
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
	dropped, err := c.target.dropped(ctx, files, v.applied, s)
	if err != nil {
		return err
	}
	for _, statement := range s.Statements() {
		for _, part := range sqltext.Split(statement.SQL) {
			place := diag.Problem{File: s.File.Path, Line: statement.Line + strings.Count(statement.SQL[:part.Start], "\n")}
			if !s.Up {
				place.File = s.File.Undoes()
			}
			for _, child := range dropped[place.Line] {
				guarded := place
				guarded.Msg = fmt.Sprintf("the table that is dropped here is referred to by rows of %s, which would go with it: a cluster enforces foreign keys", child.table)
				guarded.Fix = "add the column, or a table beside it, instead of a rebuild; or " + engine.OnFile
				places = append(places, guarded)
				batch = append(batch, rqlite.Statement{SQL: "INSERT INTO " + table + " (version_id, is_applied) SELECT NULL, 1 WHERE EXISTS (SELECT 1 FROM " +
					sqltext.Quote(child.table) + " WHERE " + child.refers + ")"})
			}
			places = append(places, place)
			batch = append(batch, rqlite.Statement{SQL: part.Text})
		}
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

// child is a table that refers to another.
type child struct{ table, refers string } // and the condition of its rows that do

// dropped are the tables that refer to those which a step drops, by the line that does:
// where foreign keys are enforced, their rows would go or change with them.
func (t Target) dropped(ctx context.Context, files []migration.File, applied []Applied, s Step) (map[int][]child, error) {
	drops := false
	for _, statement := range s.Statements() {
		for _, part := range sqltext.Split(statement.SQL) {
			drops = drops || engine.Begins(sqltext.Significant(part.Text), "DROP", "TABLE")
		}
	}
	if !drops {
		return nil, nil
	}
	m, err := made(ctx, files, applied)
	if err != nil {
		return nil, err
	}
	defer m.Close()
	db, err := m.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	found := map[int][]child{}
	for _, statement := range s.Statements() {
		for _, part := range sqltext.Split(statement.SQL) {
			tokens := sqltext.Significant(part.Text)
			if engine.Begins(tokens, "DROP", "TABLE") {
				is, err := schema.Read(ctx, db)
				if err != nil {
					return nil, err
				}
				line := statement.Line + strings.Count(statement.SQL[:part.Start], "\n")
				found[line] = append(found[line], children(is, tokens[len(tokens)-1].Name())...)
			}
			if _, err := db.ExecContext(ctx, part.Text); err != nil {
				return found, nil // it fails in the cluster as well
			}
		}
	}
	return found, nil
}

// children are the other tables that refer to a table.
func children(s *schema.Schema, parent string) (list []child) {
	for _, t := range s.Tables {
		if sqltext.EqualFold(t.Name, parent) {
			continue
		}
		for _, fk := range t.ForeignKeys {
			if !sqltext.EqualFold(fk.Table, parent) {
				continue
			}
			var refers []string
			for _, column := range fk.From {
				refers = append(refers, sqltext.Quote(column)+" IS NOT NULL")
			}
			list = append(list, child{t.Name, strings.Join(refers, " AND ")})
		}
	}
	return list
}

// made is a database in memory with the migrations that are applied.
func made(ctx context.Context, files []migration.File, applied []Applied) (*sqlite.Memory, error) {
	m, err := sqlite.NewMemory()
	if err != nil {
		return nil, err
	}
	have := slices.DeleteFunc(slices.Clone(files), func(f migration.File) bool {
		return !slices.ContainsFunc(applied, func(a Applied) bool { return a.Version == f.Version() })
	})
	if len(have) == 0 {
		return m, nil
	}
	if _, err := migration.Apply(ctx, m, have, nil); err != nil {
		m.Close()
		return nil, err
	}
	return m, nil
}

// Refused finds what a database does not take of a plan's steps: nothing of a file's. No
// step has been run by then.
func Refused(ctx context.Context, t Target, files []migration.File, applied []Applied, steps []Step) error {
	if !t.Cluster() {
		return nil
	}
	var problems diag.Problems
	then := slices.Clone(applied)
	for _, s := range steps {
		path := s.File.Path
		if !s.Up {
			path = s.File.Undoes()
		}
		problems = append(problems, engine.Refused(path, s.Statements(), engine.Rqlite)...)
		then = recorded(then, Applied{Version: s.File.Version()}, s.Up)
	}
	if err := problems.Err(); err != nil {
		return err
	}
	m, err := made(ctx, files, then)
	if err != nil {
		return err
	}
	defer m.Close()
	is, err := alter.Of(ctx, m, migration.VersionTable)
	if err != nil {
		return err
	}
	list := make([]migration.Migration, len(files))
	for i := range files {
		list[i] = migration.Migration{Path: files[i].Path, Up: files[i].Up()}
	}
	for _, f := range engine.RqliteSchema(is) {
		path, line := migration.Created(list, strings.ToUpper(f.Kind), f.Name)
		problems = append(problems, &diag.Problem{File: path, Line: line, Msg: f.Why, Fix: f.Fix})
	}
	return problems.Err()
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
