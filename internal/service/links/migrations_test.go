package links_test

import (
	"context"
	"database/sql"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
)

// openGoose opens a new database with foreign keys enforced, or not, and goose
// on the project's migrations.
func openGoose(t *testing.T, foreignKeys string) (*sql.DB, *goose.Provider) {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+filepath.Join(t.TempDir(), "links.db")+"?_pragma=foreign_keys("+foreignKeys+")")
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(database.DialectSQLite3, db, os.DirFS("../../../migrations"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return db, p
}

// TestUpDownUp: each migration takes back what it did, and nothing else.
func TestUpDownUp(t *testing.T) {
	ctx := context.Background()
	db, p := openGoose(t, "ON")
	var after []map[string]string
	for {
		after = append(after, schemaOf(t, db))
		if more, err := p.HasPending(ctx); err != nil {
			t.Fatal(err)
		} else if !more {
			break
		}
		if _, err := p.UpByOne(ctx); err != nil {
			t.Fatal(err)
		}
	}
	for version := len(after) - 2; version >= 0; version-- {
		if _, err := p.Down(ctx); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(after[version], schemaOf(t, db)); diff != "" {
			t.Errorf("version %d before (-) and after going up and down (+):\n%s", version, diff)
		}
	}
	if _, err := p.Up(ctx); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(after[len(after)-1], schemaOf(t, db)); diff != "" {
		t.Error(diff)
	}
}

// schemaOf is what SQLite says about every table, and the text of views,
// triggers and indexes.
func schemaOf(t *testing.T, db *sql.DB) map[string]string {
	t.Helper()
	rows, err := db.Query(`
		SELECT type || ' ' || name, sql FROM sqlite_schema
		WHERE type <> 'table' AND sql IS NOT NULL
		UNION ALL
		SELECT 'column ' || l.name || '.' || x.name, concat_ws(' ', x.cid, x.type, x."notnull", x.dflt_value, x.pk, x.hidden, l.strict, l.wr)
		FROM pragma_table_list AS l, pragma_table_xinfo(l.name) AS x
		WHERE l.type = 'table' AND l.name NOT LIKE 'sqlite%' AND l.name NOT LIKE 'goose%'
		UNION ALL
		SELECT 'key ' || l.name || '.' || f."from", concat_ws(' ', f."table", f."to", f.on_delete)
		FROM pragma_table_list AS l, pragma_foreign_key_list(l.name) AS f`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	found := map[string]string{}
	for rows.Next() {
		var what, how string
		if err := rows.Scan(&what, &how); err != nil {
			t.Fatal(err)
		}
		found[what] = how
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return found
}

// TestRebuildKeepsChildren: migration 5 drops and remakes links, to which
// clicks and link_tags refer with ON DELETE CASCADE.
func TestRebuildKeepsChildren(t *testing.T) {
	const rebuild = 5
	for _, foreignKeys := range []string{"ON", "OFF"} {
		t.Run("foreign keys "+foreignKeys, func(t *testing.T) {
			ctx := context.Background()
			db, p := openGoose(t, foreignKeys)
			if _, err := p.UpTo(ctx, rebuild-1); err != nil {
				t.Fatal(err)
			}
			if _, err := db.Exec(`
				INSERT INTO users (id, email) VALUES (1, 'ada@example.com');
				INSERT INTO links (id, user_id, slug, url, title) VALUES (7, 1, 'abc', 'https://Example.com', 'A');
				INSERT INTO tags (id, name) VALUES (1, 'go');
				INSERT INTO link_tags VALUES (7, 1);
				INSERT INTO clicks (link_id, country) VALUES (7, 'DE'), (7, 'FR');`); err != nil {
				t.Fatal(err)
			}
			check := func() {
				t.Helper()
				var got [5]any
				err := db.QueryRow(`SELECT title, click_count, (SELECT COUNT(*) FROM clicks WHERE link_id = 7),
					(SELECT COUNT(*) FROM link_tags WHERE link_id = 7), (SELECT COUNT(*) FROM pragma_foreign_key_check)
					FROM links WHERE id = 7`).Scan(&got[0], &got[1], &got[2], &got[3], &got[4])
				if want := [5]any{"A", int64(2), int64(2), int64(1), int64(0)}; err != nil || got != want {
					t.Errorf("title, counted clicks, clicks, tags, violations: have %v, want %v, %v", got, want, err)
				}
			}
			check()
			if _, err := p.UpTo(ctx, rebuild); err != nil {
				t.Fatal(err)
			}
			check()
			if _, err := p.DownTo(ctx, rebuild-1); err != nil {
				t.Fatal(err)
			}
			check()

			// Clicks still refer to links, and are counted.
			if _, err := p.UpTo(ctx, rebuild); err != nil {
				t.Fatal(err)
			}
			var left [2]int
			if err := db.QueryRow("INSERT INTO clicks (link_id) VALUES (7) RETURNING id").Scan(&left[0]); err != nil {
				t.Fatal(err)
			}
			if err := db.QueryRow("SELECT click_count FROM links").Scan(&left[0]); err != nil || left[0] != 3 {
				t.Errorf("%d clicks counted, %v", left[0], err)
			}
			if _, err := db.Exec("PRAGMA foreign_keys = ON; DELETE FROM links"); err != nil {
				t.Fatal(err)
			}
			if err := db.QueryRow("SELECT (SELECT COUNT(*) FROM clicks), (SELECT COUNT(*) FROM link_tags)").Scan(&left[0], &left[1]); err != nil || left != [2]int{} {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
