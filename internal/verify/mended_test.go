package verify_test

import (
	"database/sql"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlite/content"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/verify"
)

// TestMended follows the message of every query in traps/ that is called Bad…:
// its rewrite is quiet, and finds and changes what the query does as its author
// wrote it, on the same rows and for the same arguments.
func TestMended(t *testing.T) {
	rewrites, err := txtar.ParseFile("testdata/rewrites/rewrites.txtar")
	must(t, err)
	files := map[string][]byte{}
	for _, f := range rewrites.Files {
		files[f.Name] = f.Data
	}
	paths, err := filepath.Glob("testdata/traps/*.txtar")
	must(t, err)
	for _, path := range paths {
		name := strings.TrimSuffix(filepath.Base(path), ".txtar")
		archive, err := txtar.ParseFile(path)
		must(t, err)
		var bad []*query.Query
		for _, f := range archive.Files {
			if f.Name == "sql/queries.sql" {
				found, err := query.Parse(f.Name, f.Data)
				must(t, err)
				for _, q := range found {
					if strings.HasPrefix(q.Name, "Bad") {
						bad = append(bad, q)
					}
				}
			}
		}
		if bad == nil {
			continue
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			mended := &txtar.Archive{Files: []txtar.File{{Name: "sql/queries.sql", Data: files[name+".sql"]}}}
			for _, f := range archive.Files {
				switch instead, ok := files[name+"/"+f.Name]; {
				case ok:
					mended.Files = append(mended.Files, txtar.File{Name: f.Name, Data: instead})
				case strings.HasPrefix(f.Name, "migrations/"), f.Name == "sqlc.yaml":
					mended.Files = append(mended.Files, f)
				}
			}
			configured := slices.ContainsFunc(archive.Files, func(f txtar.File) bool { return f.Name == "sqlc.yaml" })
			if instead, ok := files[name+"/sqlc.yaml"]; ok && !configured {
				mended.Files = append(mended.Files, txtar.File{Name: "sqlc.yaml", Data: instead})
			}
			p := open(t, mended)
			if refused := p.generate(t); refused != nil {
				t.Fatalf("sqlc refuses it:\n%v", refused)
			}
			problems, warnings, _ := verify.Package(p.input)
			for _, p := range append(problems, warnings...) {
				t.Error(p)
			}
			sameOutcome(t, p, bad, string(files[name+".sql"]))
		})
	}
}

// TestLimitsMended is the same for the queries of limits/.
func TestLimitsMended(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/limits/limits.txtar")
	must(t, err)
	var bad []*query.Query
	mended := &txtar.Archive{Files: archive.Files[:1:1]}
	texts := ""
	for _, f := range archive.Files {
		text := strings.ReplaceAll(string(f.Data), "-- name: Q_", "-- name: MendedQ_")
		folder, base, _ := strings.Cut(f.Name, "/")
		switch folder {
		case "refused", "alone":
			found, err := query.Parse(base, []byte(strings.ReplaceAll(string(f.Data), "-- name: Q_", "-- name: BadQ_")))
			must(t, err)
			bad = append(bad, found...)
		case "rewrites":
			mended.Files = append(mended.Files, txtar.File{Name: "sql/" + base, Data: []byte(text)})
			texts += text
		}
	}
	sameOutcome(t, open(t, mended), bad, texts)
}

// sameOutcome compares the queries with those of the project, on rows made up for its
// tables.
func sameOutcome(t *testing.T, p *testProject, bad []*query.Query, text string) {
	t.Helper()
	db, err := p.memory.Open(nil)
	must(t, err)
	defer db.Close()
	_, err = content.Fill(t.Context(), db, p.input.Schema)
	must(t, err)
	for _, q := range bad {
		name := "Mended" + strings.TrimPrefix(q.Name, "Bad")
		at := slices.IndexFunc(p.input.Queries, func(m *query.Query) bool { return m.Name == name })
		if at < 0 {
			t.Errorf("there is no rewrite %s", name)
			continue
		}
		_, after, _ := strings.Cut(text, "-- name: "+name+" ")
		_, after, _ = strings.Cut(after, "\n")
		differs := strings.HasPrefix(after, "-- differs: ")
		was, keys := verify.Plain(q.Text)
		is, newKeys := verify.Plain(p.input.Queries[at].Text)
		byName := !differs && slices.Equal(sorted(keys), sorted(newKeys))
		for _, values := range arguments(t, db, p.input.Schema) {
			if _, ok := values[0].(int64); !ok && strings.Contains(is, "AS INTEGER)") {
				continue // no values for it
			}
			want, refused := outcome(t, db, p.input.Schema, was, valuesOf(keys, keys, values))
			order := newKeys
			if byName {
				order = keys
			}
			got, failed := outcome(t, db, p.input.Schema, is, valuesOf(newKeys, order, values))
			if failed != nil && !slices.ContainsFunc(wrongValues, func(part string) bool { return strings.Contains(failed.Error(), part) }) {
				t.Errorf("%s: %v", name, failed)
			}
			if refused != nil {
				continue // SQLite does not have such a thing, or these values do not suit it
			}
			if diff := cmp.Diff(want, got); diff != "" && !differs {
				t.Errorf("%s does something else with %v (-as it was +mended):\n%s", name, values, diff)
			}
		}
	}
}

// wrongValues are parts of what SQLite says of values that a statement does not
// take.
var wrongValues = []string{"constraint failed", "datatype mismatch", "malformed JSON"}

func sorted(list []string) []string { return slices.Sorted(slices.Values(list)) }

// arguments are sets of values: numbers, and what the first columns of the tables
// hold.
func arguments(t *testing.T, db *sql.DB, s *schema.Schema) (sets [][]any) {
	sets = [][]any{{int64(1), int64(2), int64(3), int64(0)}, {"slug", "x", "2024-01-02", "b"}, {int64(9002), int64(9001), int64(90001), int64(9003)}}
	for _, table := range s.Tables {
		if table.Kind != schema.KindTable {
			continue
		}
		for _, c := range table.Columns {
			list, err := db.Query(fmt.Sprintf("SELECT %s FROM %s", sqltext.Quote(c.Name), sqltext.Quote(table.Name)))
			must(t, err)
			var set []any
			for list.Next() {
				var v any
				must(t, list.Scan(&v))
				set = append(set, v)
			}
			must(t, list.Err())
			list.Close()
			if len(set) > 0 {
				sets = append(sets, set)
			}
		}
	}
	return sets
}

// valuesOf are the values of a query's parameters: for each its place in order
// chooses one.
func valuesOf(keys, order []string, values []any) (args []any) {
	for i, key := range keys {
		at := i
		if j := slices.Index(order, key); j >= 0 && key != "" {
			at = j
		}
		args = append(args, values[at%len(values)])
	}
	return args
}

// outcome is what a statement returns, and what the tables are after it.
func outcome(t *testing.T, db *sql.DB, s *schema.Schema, statement string, args []any) (result []string, err error) {
	t.Helper()
	tx, err := db.Begin()
	must(t, err)
	defer tx.Rollback()
	read := func(statement string, args ...any) error {
		list, err := tx.Query(statement, args...)
		if err != nil {
			return err
		}
		defer list.Close()
		columns, err := list.Columns()
		must(t, err)
		for n := 0; n < 100 && list.Next(); n++ { // a recursion may not end with these values
			row, to := make([]any, len(columns)), make([]any, len(columns))
			for i := range row {
				to[i] = &row[i]
			}
			must(t, list.Scan(to...))
			result = append(result, fmt.Sprint(row))
		}
		return list.Err()
	}
	if err := read(statement, args...); err != nil {
		return nil, err
	}
	if !strings.Contains(strings.ToUpper(statement), "ORDER BY") {
		slices.Sort(result)
	}
	for _, table := range s.Tables {
		if table.Kind == schema.KindTable {
			if err := read("SELECT * FROM " + sqltext.Quote(table.Name)); err != nil {
				return nil, err
			}
		}
	}
	return result, nil
}
