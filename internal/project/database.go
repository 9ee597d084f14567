package project

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Database is the migrated database of a schema.
type Database struct {
	Memory     *sqlite.Memory
	Conn       *sqlite.Conn          // to judge statements
	Migrations []migration.Migration // that are applied
	Places     *migration.Places     // in them
	Schema     *schema.Schema
	Doubt      Doubt
	Problems   diag.Problems // what is wrong with the migrations and the schema

	failed  diag.Problems // those of migrations that are not applied
	without bool          // views are dropped that the migrations have made

	described map[string]description // what Describe returns, by query
}

type description struct {
	*sqlite.Stmt
	err error
}

func (d *Database) close() error {
	var err error
	if d.Conn != nil {
		err = d.Conn.Close()
	}
	if d.Memory != nil {
		err = errors.Join(err, d.Memory.Close())
	}
	return err
}

// migrate makes the database, without the migrations that fail.
func (d *Database) migrate(ctx context.Context, root string, files []migration.File) (err error) {
	files = d.Doubt.sound(root, files, d.Problems)
	d.failed = slices.Clone(d.Problems)
	for {
		if d.Memory, err = sqlite.NewMemory(); err != nil {
			return err
		}
		if len(files) == 0 {
			break
		}
		if d.Migrations, err = migration.Apply(ctx, d.Memory, files, nil); err == nil {
			break
		}
		var failed *diag.Problem
		if !errors.As(err, &failed) {
			return err
		}
		at := slices.IndexFunc(files, func(f migration.File) bool { return f.Path == failed.File })
		if at < 0 {
			return err
		}
		d.failed = append(d.failed, failed)
		if !d.Doubt.Is(string(files[at].Content)) || strings.Contains(failed.Msg, "syntax error") {
			d.Problems = append(d.Problems, failed)
		}
		d.Doubt.file(files[at].Content)
		files = slices.Delete(files, at, at+1)
		if err := d.Memory.Close(); err != nil {
			return err
		}
	}
	d.Places = migration.FindPlaces(d.Migrations)
	db, err := d.Memory.Open(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if err := d.read(ctx, db); err != nil {
		return err
	}
	d.unnamed()
	d.Doubt.views(d.Schema)
	d.Conn, err = d.Memory.Conn()
	return err
}

// unnamed finds columns without a name, of which neither sqlc nor Go makes
// anything.
func (d *Database) unnamed() {
	for _, t := range d.Schema.Tables {
		if t.Column("") == nil {
			continue
		}
		d.Doubt.add(t.Name)
		p := &diag.Problem{Msg: fmt.Sprintf("%s %s has a column whose name is empty", t.Kind, t.Name), Fix: "give it a name"}
		object := "TABLE"
		if t.Kind == schema.KindView {
			object, p.Fix = "VIEW", `give it a name in the view: AS something in place of AS ""`
		}
		p.File, p.Line = migration.Created(d.Migrations, object, t.Name)
		d.Problems = append(d.Problems, p)
	}
	d.Schema.Tables = slices.DeleteFunc(d.Schema.Tables, func(t *schema.Table) bool { return t.Column("") != nil })
}

// read reads the schema. A view that has lost what it selects from is shown
// where it was created, and the schema is then without it.
func (d *Database) read(ctx context.Context, db *sql.DB) (err error) {
	for {
		d.Schema, err = schema.Read(ctx, db, migration.VersionTable)
		var broken *schema.ViewError
		if !errors.As(err, &broken) {
			return err
		}
		if !d.Doubt.Is(broken.SQL) {
			file, line := migration.Created(d.Migrations, "VIEW", broken.View)
			d.Problems = append(d.Problems, &diag.Problem{
				File: file, Line: line,
				Msg: fmt.Sprintf("view %s cannot be read any more: %s", broken.View, sqlite.Message(broken.Err)), Err: err,
				Fix: "drop the view before what it needs is dropped or renamed, and create it again after",
			})
		}
		d.Doubt.add(broken.View)
		d.without = true
		// @native-sql-dynamic the name of a view in the migrated database, quoted
		// @schema-change the view that cannot be read leaves the database in memory
		if _, err := db.ExecContext(ctx, "DROP VIEW "+sqltext.Quote(broken.View)); err != nil { // another view stands in the way
			d.Schema, d.Doubt.all = &schema.Schema{}, true
			return nil
		}
	}
}

// Describe prepares a query, and returns its columns and whether it only reads.
func (d *Database) Describe(query string) (columns []sqlite.Column, reads bool, err error) {
	known, ok := d.described[query]
	if !ok {
		known.Stmt, known.err = d.Conn.Describe(query)
		if d.described == nil {
			d.described = map[string]description{}
		}
		d.described[query] = known
	}
	if known.err != nil {
		return nil, false, known.err
	}
	return known.Columns, known.ReadOnly, nil
}
