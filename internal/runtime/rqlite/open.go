//go:build !js

package rqlite

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// Open makes a client of the cluster that has a node at each of the URLs, see [Dial]. If
// the database lacks some of the migrations the error is [drey.ErrSchemaOlder]; if it has
// later ones, [drey.ErrSchemaNewer].
//
// The engine does not have transactions for a caller's code to run in: Tx and Snapshot
// are [drey.ErrNoTransactions]. A Batch or a bulk write runs as one transaction.
func Open(ctx context.Context, urls []string, migrations []string, o Options) (*drey.Client, error) {
	return open(ctx, urls, o, func(c *Cluster) error { return c.Check(ctx, migrations) })
}

// OpenChecked is [Open] for a schema that another tool than goose keeps: check says
// whether the database has it.
func OpenChecked(ctx context.Context, urls []string, check func(context.Context, *sql.DB) error, o Options) (*drey.Client, error) {
	return open(ctx, urls, o, func(c *Cluster) error {
		db := sql.OpenDB(NewConnector(c))
		defer db.Close()
		return check(ctx, db)
	})
}

func open(ctx context.Context, urls []string, o Options, check func(*Cluster) error) (*drey.Client, error) {
	cluster, err := Dial(ctx, urls, o)
	if err != nil {
		return nil, err
	}
	if err := check(cluster); err != nil {
		cluster.Close()
		return nil, err
	}
	return cluster.Client(), nil
}

// Client makes a client of the cluster. Closing it closes the cluster.
func (c *Cluster) Client() *drey.Client {
	var connector driver.Connector = NewConnector(c)
	if c.o.OnStatement != nil {
		connector = drey.Watch(connector, c.o.OnStatement, c.o.Arguments, c.o.SlowAfter)
	}
	p := drey.NewPool(connector, c.o.OpenDB)
	p.DB().SetMaxIdleConns(64) // they cost nothing, and know texts
	return drey.New(drey.Backend{Reads: p, Writes: p, Parameters: maxParameters, Remote: true, Close: c.Close})
}

// Check compares the migrations that goose's table says are applied with those that the
// code was generated from, by their versions.
func (c *Cluster) Check(ctx context.Context, migrations []string) error {
	applied := map[int64]bool{}
	// @native-sql the table is goose's
	r, err := c.Query(ctx, Statement{SQL: "SELECT version_id, is_applied FROM goose_db_version ORDER BY id"})
	if err != nil && strings.Contains(err.Error(), "no such table: goose_db_version") {
		err = c.notOthers(ctx)
	}
	if err != nil {
		return err
	}
	for _, row := range r.Rows {
		version, ok := row[0].(int64)
		if !ok {
			return fmt.Errorf("%w: goose_db_version has a version_id that is not a number", ErrAnswer)
		}
		applied[version] = row[1] == int64(1)
	}
	var missing, unknown []string
	known := map[int64]bool{0: true}
	for _, name := range migrations {
		version := remote.VersionOf(name)
		known[version] = true
		if !applied[version] {
			missing = append(missing, name)
		}
	}
	for version, is := range applied {
		if is && !known[version] {
			unknown = append(unknown, fmt.Sprint("version ", version))
		}
	}
	slices.Sort(unknown)
	return drey.CompareSchema(missing, unknown, "run drey migrate up --db with the cluster's URL")
}

// notOthers returns an error if the database has another tool's table of versions: its
// schema is there already.
func (c *Cluster) notOthers(ctx context.Context) error {
	r, err := c.Query(ctx, Statement{SQL: "SELECT name FROM sqlite_schema WHERE type = 'table' AND name IN ('schema_migrations', 'gorp_migrations', 'atlas_schema_revisions')"})
	if err != nil || len(r.Rows) == 0 {
		return err
	}
	return fmt.Errorf("%w: another tool has migrated this database: it has %v: run drey migrate convert --db on a backup of it, and load that", drey.ErrSchemaOlder, r.Rows[0][0])
}
