package migration_test

import (
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite"
)

// comments applies migrations with goose and returns the comments of tables and columns.
func comments(t *testing.T, names []string, migrations ...string) map[string]string {
	t.Helper()
	dir := t.TempDir()
	for i, m := range migrations {
		if err := os.WriteFile(filepath.Join(dir, fmt.Sprintf("%05d_m.sql", i+1)), []byte(m), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	files, err := migration.Load(dir, []string{"."})
	if err != nil {
		t.Fatal(err)
	}
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	applied, err := migration.Apply(context.Background(), m, files, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := migration.FindPlaces(applied)
	got := map[string]string{}
	for _, name := range names {
		table, column, _ := strings.Cut(name, ".")
		if comment := p.ColumnComment(table, column); comment != "" {
			got[name] = comment
		}
	}
	return got
}

func TestComments(t *testing.T) {
	for name, tt := range map[string]struct {
		migrations []string
		want       map[string]string
	}{
		"above and beside": {
			[]string{`-- What the migration does.

-- +goose Up
-- Who logs in.
-- Two lines.
CREATE TABLE users ( -- and beside
    id INTEGER PRIMARY KEY, -- the rowid
    -- as people write it
    email TEXT NOT NULL -- the first of two
        UNIQUE, -- the second
    /* a block
     * of lines */
    name TEXT,
    -- a heading

    born TEXT, died TEXT, -- of the last
    -- of a constraint
    CHECK (born < died) -- as well
    -- below everything
); -- the end
-- +goose Down
DROP TABLE users;
`},
			map[string]string{"users": "Who logs in. Two lines. and beside the end", "users.id": "the rowid", "users.email": "as people write it the first of two the second",
				"users.name": "a block of lines", "users.died": "of the last"},
		},
		"the migration's own": {
			[]string{"-- What the migration does.\n-- +goose Up\nCREATE TABLE t (a);\n-- not next to it\n\nCREATE TABLE u (a);\n-- drey:allow x: y\nCREATE TABLE v (a);\n"},
			map[string]string{},
		},
		"added, renamed and dropped": {
			[]string{"-- +goose Up\n-- of t\nCREATE TABLE t (\n a, -- of a\n b -- of b\n);\n",
				"-- +goose Up\n-- of c\nALTER TABLE t ADD COLUMN c TEXT; -- and more\nALTER TABLE t RENAME COLUMN a TO x;\nALTER TABLE t DROP COLUMN b;\nALTER TABLE t RENAME TO u;\nALTER TABLE u ADD b;\n"},
			map[string]string{"u": "of t", "u.x": "of a", "u.c": "of c and more"},
		},
		"rebuilt": {
			[]string{"-- +goose Up\n-- of t\nCREATE TABLE t (\n a, -- of a\n b -- of b\n);\n",
				"-- +goose Up\n-- +goose StatementBegin\nCREATE TABLE t_new (a, c,\n d -- of d\n); DROP TABLE t; ALTER TABLE t_new RENAME TO t;\n-- +goose StatementEnd\n"},
			map[string]string{"t": "of t", "t.a": "of a", "t.d": "of d"},
		},
		"several statements in one": {
			[]string{"-- +goose Up\n-- of both\n-- +goose StatementBegin\nCREATE TABLE t (a);\n\n-- of u\nCREATE TABLE u (a -- of a\n);\n-- of v\nCREATE TABLE v (a); -- beside v\n-- +goose StatementEnd\n"},
			map[string]string{"t": "of both", "u": "of u", "u.a": "of a", "v": "of v beside v"},
		},
	} {
		t.Run(name, func(t *testing.T) {
			names := slices.Collect(maps.Keys(tt.want))
			names = append(names, "users.born", "t", "t.a", "t.b", "t.c", "u", "u.a", "u.b", "v", "v.a")
			if diff := cmp.Diff(tt.want, comments(t, names, tt.migrations...)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
