package crud_test

import (
	"database/sql"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/crud"
	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"
)

// project is a schema of testdata with its generated queries, as sqlc wrote
// them, on a database of its own.
type project struct {
	*testing.T
	db      *sql.DB
	methods map[string]*method
}

func newProject(t *testing.T, name string) *project {
	t.Helper()
	archive, err := txtar.ParseFile(filepath.Join("testdata", name+".txtar"))
	if err != nil {
		t.Fatal(err)
	}
	file := func(name string) string {
		i := slices.IndexFunc(archive.Files, func(f txtar.File) bool { return f.Name == name })
		if i < 0 {
			return ""
		}
		return string(archive.Files[i].Data)
	}
	db, s := open(t, file("schema.sql"))
	files, _, err := crud.Generate(s, options(t, file("gen.yaml")))
	if err != nil {
		t.Fatal(err)
	}
	return &project{t, db, sqlcMethods(t, s, files, file("gen.yaml"))}
}

// args are the arguments of a call by the name of the field or parameter. What
// is not there is nil, or false for a Set… flag: the zero value in Go.
type args map[string]any

type row map[string]any

// call runs a query and returns its rows.
func (p *project) call(name string, a args) ([]row, error) {
	p.Helper()
	m := p.methods[name]
	if m == nil {
		p.Fatalf("no query %s", name)
	}
	for given := range a {
		if !slices.Contains(m.Args, given) {
			p.Fatalf("%s has no parameter %s, but %s", name, given, strings.Join(m.Args, ", "))
		}
	}
	var values []any
	for _, field := range m.Args {
		v, ok := a[field]
		if !ok && strings.HasPrefix(field, "Set") {
			v = false
		}
		values = append(values, v)
	}
	if strings.Contains(m.SQL, ":execrows") {
		result, err := p.db.Exec(m.SQL, values...)
		if err != nil {
			return nil, err
		}
		n, err := result.RowsAffected()
		return []row{{"rows": n}}, err
	}
	rows, err := p.db.Query(m.SQL, values...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	var list []row
	for rows.Next() {
		cells, dest := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			dest[i] = &cells[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return nil, err
		}
		r := row{}
		for i, c := range columns {
			r[c] = cells[i]
		}
		list = append(list, r)
	}
	return list, rows.Err()
}

// want calls a query and compares the columns that are wanted.
func (p *project) want(name string, a args, want ...row) {
	p.Helper()
	rows, err := p.call(name, a)
	if err != nil {
		p.Errorf("%s(%v): %v", name, a, err)
		return
	}
	var got []row
	for i, r := range rows {
		if i < len(want) {
			for column := range r {
				if _, ok := want[i][column]; !ok {
					delete(r, column)
				}
			}
		}
		got = append(got, r)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		p.Errorf("%s(%v), wanted (-) and got (+):\n%s", name, a, diff)
	}
}

func (p *project) exec(statement string) {
	p.Helper()
	if _, err := p.db.Exec(statement); err != nil {
		p.Fatal(err)
	}
}

// withinASecond repeats f until one run of it begins and ends in the same second of SQLite's
// clock: the rows of that run have the same default times.
func withinASecond(tb testing.TB, db *sql.DB, f func()) {
	tb.Helper()
	second := func() (n int64) {
		if err := db.QueryRow("SELECT unixepoch()").Scan(&n); err != nil {
			tb.Fatal(err)
		}
		return n
	}
	for began := second(); ; began = second() {
		if f(); second() == began {
			return
		}
	}
}
