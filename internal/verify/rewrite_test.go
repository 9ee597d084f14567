package verify_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rogpeppe/go-internal/txtar"

	"github.com/dreysql/drey/internal/sqlc"
)

// TestNotInRewrites runs what sqlc makes of the rewrites of NOT IN, as its Go
// code does: they find all that is not in the list, also when that is empty.
func TestNotInRewrites(t *testing.T) {
	archive, err := txtar.ParseFile("testdata/traps/empty_slice.txtar")
	must(t, err)
	p := open(t, archive)
	if refused := p.generate(t); refused != nil {
		t.Fatal(refused)
	}
	db, err := p.memory.Open(nil)
	must(t, err)
	defer db.Close()
	_, err = db.Exec(`INSERT INTO users (id, name, active, created_at) VALUES (1, 'a', 1, '2024-01-01');
		INSERT INTO links (id, user_id, slug, price, created_at)
		VALUES (1, 1, 'x', 1, '2024-01-01'), (2, 1, 'y', 1, '2024-01-01'), (3, 1, 'z', 1, '2024-01-01')`)
	must(t, err)
	for list, want := range map[string][]int64{"[]": {1, 2, 3}, "[2]": {1, 3}, "[1,3]": {2}, "[1,2,3]": nil} {
		for _, m := range p.input.Package.Queries {
			if !slices.Contains([]string{"BadNotIn", "GoodIsNotTrue", "GoodCase", "GoodSubquery", "GoodJSON"}, m.Name) {
				continue
			}
			query, args := bind(t, m, list)
			rows, err := db.Query(query, args...)
			must(t, err)
			var got []int64
			for rows.Next() {
				var id int64
				must(t, rows.Scan(&id))
				got = append(got, id)
			}
			must(t, rows.Close())
			slices.Sort(got)
			if m.Name == "BadNotIn" {
				if list == "[]" && got != nil {
					t.Errorf("sqlc has learnt it: %s finds %v with an empty list", m.Name, got)
				}
				continue
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s of %s (-want +got):\n%s", m.Name, list, diff)
			}
		}
	}
}

// bind does what sqlc's Go code does with a list: it expands the slice, or
// passes the list as it is.
func bind(t *testing.T, m *sqlc.Method, list string) (query string, args []any) {
	t.Helper()
	if !m.Args[0].Slice {
		return m.SQL, []any{list}
	}
	var ids []int64
	must(t, json.Unmarshal([]byte(list), &ids))
	marks := "NULL"
	for i, id := range ids {
		args = append(args, id)
		marks = strings.Repeat(",?", i+1)[1:]
	}
	return strings.Replace(m.SQL, m.Args[0].Marker, marks, 1), args
}
