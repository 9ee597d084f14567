package generate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlcgen/catalog"
	"github.com/dreysql/drey/internal/sqlite"
)

// database is the migrated database of one or several blocks.
type database struct {
	memory     *sqlite.Memory
	conn       *sqlite.Conn
	migrations []migration.Migration
	places     *migration.Places // in them
	schema     *schema.Schema
	doubt      doubt
}

func (d *database) close() {
	if d.conn != nil {
		d.conn.Close()
	}
	if d.memory != nil {
		d.memory.Close()
	}
}

// migrate applies the migrations of every block, once for each set of paths.
func (r *run) migrate(ctx context.Context) error {
	r.databases = map[string]*database{}
	for i, b := range r.cfg.Blocks {
		key := strings.Join(b.Schema, "\x00")
		if r.databases[key] == nil {
			r.databases[key] = &database{}
			problems, err := r.databases[key].migrate(ctx, r.opts.Dir, b.Schema)
			if err != nil {
				return err
			}
			r.problems = append(r.problems, problems...)
		}
		if s := r.databases[key].schema; s != nil {
			spelling := catalog.NewSpelling(s)
			var tables []string
			for _, t := range s.Tables {
				tables = append(tables, spelling.Of(t.Name))
			}
			b.Names = b.Names.Excluding(tables)
		}
		r.blocks = append(r.blocks, &block{Block: b, database: r.databases[key], module: r.modules[i], byHand: r.byHand(b)})
	}
	return nil
}

// migrate makes the database. What is wrong with the migrations comes as
// problems, and the database is then without those.
func (d *database) migrate(ctx context.Context, root string, paths []string) (problems diag.Problems, err error) {
	files, err := migration.Load(root, paths)
	if err != nil && !errors.As(err, &problems) {
		return nil, err
	}
	files = d.doubt.sound(root, files, problems)
	for {
		if d.memory, err = sqlite.NewMemory(); err != nil {
			return nil, err
		}
		if len(files) == 0 {
			break
		}
		if d.migrations, err = migration.Apply(ctx, d.memory, files, nil); err == nil {
			break
		}
		var failed *diag.Problem
		if !errors.As(err, &failed) {
			return nil, err
		}
		at := slices.IndexFunc(files, func(f migration.File) bool { return f.Path == failed.File })
		if at < 0 {
			return nil, err
		}
		if !d.doubt.is(string(files[at].Content)) || strings.Contains(failed.Msg, "syntax error") {
			problems = append(problems, failed)
		}
		d.doubt.file(files[at].Content)
		files = slices.Delete(files, at, at+1)
		d.memory.Close()
	}
	d.places = migration.FindPlaces(d.migrations)
	db, err := d.memory.Open(nil)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	broken, err := d.read(ctx, db)
	if err != nil {
		return nil, err
	}
	problems = append(append(problems, broken...), d.unnamed()...)
	d.doubt.views(d.schema)
	d.conn, err = d.memory.Conn()
	return problems, err
}

// unnamed finds columns without a name, of which neither sqlc nor Go makes
// anything.
func (d *database) unnamed() (problems diag.Problems) {
	for _, t := range d.schema.Tables {
		if t.Column("") == nil {
			continue
		}
		d.doubt.add(t.Name)
		p := &diag.Problem{Msg: fmt.Sprintf("%s %s has a column whose name is empty", t.Kind, t.Name), Fix: "give it a name"}
		object := "TABLE"
		if t.Kind == schema.KindView {
			object, p.Fix = "VIEW", `give it a name in the view: AS something in place of AS ""`
		}
		p.File, p.Line = migration.Created(d.migrations, object, t.Name)
		problems = append(problems, p)
	}
	d.schema.Tables = slices.DeleteFunc(d.schema.Tables, func(t *schema.Table) bool { return t.Column("") != nil })
	return problems
}

// read reads the schema. A view that has lost what it selects from is shown
// where it was created, and the schema is then without it.
func (d *database) read(ctx context.Context, db *sql.DB) (problems diag.Problems, err error) {
	for {
		d.schema, err = schema.Read(ctx, db)
		var broken *schema.ViewError
		if !errors.As(err, &broken) {
			return problems, err
		}
		if !d.doubt.is(broken.SQL) {
			file, line := migration.Created(d.migrations, "VIEW", broken.View)
			problems = append(problems, &diag.Problem{
				File: file, Line: line,
				Msg: fmt.Sprintf("view %s cannot be read any more: %s", broken.View, sqlite.Message(broken.Err)), Err: err,
				Fix: "drop the view before what it needs is dropped or renamed, and create it again after",
			})
		}
		d.doubt.add(broken.View)
		// @native-sql-dynamic the name of a view in the migrated database, quoted
		// @schema-change the view that cannot be read leaves the database in memory
		if _, err := db.ExecContext(ctx, "DROP VIEW "+schema.Quote(broken.View)); err != nil { // another view stands in the way
			d.schema, d.doubt.all = &schema.Schema{}, true
			return problems, nil
		}
	}
}

// describe prepares a query.
func (d *database) describe(query string) (columns []sqlite.Column, reads bool, err error) {
	stmt, err := d.conn.Describe(query)
	if err != nil {
		return nil, false, err
	}
	return stmt.Columns, stmt.ReadOnly, nil
}
