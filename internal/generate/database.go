package generate

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/migration"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlite"
)

// database is the migrated database of one or several blocks.
type database struct {
	memory     *sqlite.Memory
	conn       *sqlite.Conn
	migrations []migration.Migration
	schema     *schema.Schema
}

func (d *database) close() {
	if d.conn != nil {
		d.conn.Close()
	}
	d.memory.Close()
}

// migrate applies the migrations of every block, once for each set of paths.
func (r *run) migrate(ctx context.Context) error {
	r.databases = map[string]*database{}
	for _, b := range r.cfg.Blocks {
		key := strings.Join(b.Schema, "\x00")
		if r.databases[key] == nil {
			memory, err := sqlite.NewMemory()
			if err != nil {
				return err
			}
			r.databases[key] = &database{memory: memory}
			if err := r.databases[key].migrate(ctx, r.opts.Dir, b.Schema); err != nil {
				return err
			}
		}
		r.blocks = append(r.blocks, &block{Block: b, database: r.databases[key]})
	}
	return nil
}

func (d *database) migrate(ctx context.Context, root string, paths []string) error {
	files, err := migration.Load(root, paths)
	if err != nil {
		return err
	}
	if d.migrations, err = migration.Apply(ctx, d.memory, files, nil); err != nil {
		return err
	}
	db, err := d.memory.Open(nil)
	if err != nil {
		return err
	}
	defer db.Close()
	if d.schema, err = read(ctx, db, d.migrations); err != nil {
		return err
	}
	if err := d.unnamed(); err != nil {
		return err
	}
	d.conn, err = d.memory.Conn()
	return err
}

// unnamed finds columns without a name, of which neither sqlc nor Go makes
// anything.
func (d *database) unnamed() error {
	var problems diag.Problems
	for _, t := range d.schema.Tables {
		if t.Column("") == nil {
			continue
		}
		p := &diag.Problem{Msg: fmt.Sprintf("%s %s has a column whose name is empty", t.Kind, t.Name), Fix: "give it a name"}
		object := "TABLE"
		if t.Kind == schema.KindView {
			object, p.Fix = "VIEW", `give it a name in the view: AS something in place of AS ""`
		}
		p.File, p.Line = migration.Created(d.migrations, object, t.Name)
		problems = append(problems, p)
	}
	problems.Sort()
	return problems.Err()
}

// read reads the schema. A view that has lost what it selects from is shown
// where it was created.
func read(ctx context.Context, db *sql.DB, migrations []migration.Migration) (*schema.Schema, error) {
	s, err := schema.Read(ctx, db)
	var broken *schema.ViewError
	if !errors.As(err, &broken) {
		return s, err
	}
	file, line := migration.Created(migrations, "VIEW", broken.View)
	p := &diag.Problem{
		File: file, Line: line,
		Msg: fmt.Sprintf("view %s cannot be read any more: %s", broken.View, sqlite.Message(broken.Err)), Err: err,
		Fix: "drop the view before what it needs is dropped or renamed, and create it again after",
	}
	return nil, p
}

// describe prepares a query.
func (d *database) describe(query string) (columns []string, reads bool, err error) {
	stmt, err := d.conn.Describe(query)
	if err != nil {
		return nil, false, err
	}
	for _, c := range stmt.Columns {
		columns = append(columns, c.Name)
	}
	return columns, stmt.ReadOnly, nil
}
