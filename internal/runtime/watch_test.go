package drey_test

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

// told collects statements.
type told struct {
	mu   sync.Mutex
	list []drey.Statement
}

func (l *told) on(_ context.Context, s drey.Statement) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.list = append(l.list, s)
}

func (l *told) take() []drey.Statement {
	l.mu.Lock()
	defer l.mu.Unlock()
	list := l.list
	l.list = nil
	return list
}

func TestOnStatement(t *testing.T) {
	var l told
	c, _ := openFile(t, sqlite.Options{OnStatement: l.on, Arguments: true})
	ctx := context.Background()
	l.take()
	for _, test := range []struct {
		run  func() error
		want string // name, rows and arguments
	}{
		{func() error { _, err := slugOf(ctx, c, 1); return err }, "slugOf 1 [1]"},
		{func() error { return touch(ctx, c, fixtureTime(0), 1) }, "touch 1 [<nil> 1700000000 1]"},
		{func() error { _, err := links.Where(links.ID.Gt(0)).All(ctx, c); return err }, "SELECT links 1 [0]"},
		{func() error { _, err := links.Update(links.Clicks.Add(1)).EveryRow().Exec(ctx, c); return err }, "UPDATE links 1 [0 1 1]"},
		{func() error { _, err := links.Delete().Where(links.ID.Eq(7)).Exec(ctx, c); return err }, "DELETE links 0 [7]"},
		{func() error {
			_, err := links.Insert(links.UserID, links.Slug, links.Created).Exec(ctx, c, link{Slug: "s"})
			return err
		}, "INSERT links 1 [0 s -62135596800]"},
		{func() error { return c.QueryRowContext(ctx, "SELECT 1 FROM links").Scan(new(int)) }, "SELECT links 1 []"},
		{func() error {
			return c.Tx(ctx, func(tx *drey.Tx) error { _, err := slugOf(ctx, tx, 1); return err })
		}, "BEGIN 0 []; slugOf 1 [1]; COMMIT 0 []"},
	} {
		if err := test.run(); err != nil {
			t.Fatal(test.want, err)
		}
		var got []string
		for _, s := range l.take() {
			values := []any{}
			for _, a := range s.Args {
				values = append(values, a.Value)
			}
			got = append(got, fmt.Sprint(s.Name, " ", s.Rows, " ", values))
			if s.Start.IsZero() || s.Duration <= 0 || s.Err != nil || s.SQL == "" {
				t.Errorf("%s: %+v", s.Name, s)
			}
		}
		if strings.Join(got, "; ") != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
	_, failed := c.ExecContext(ctx, "SELECT lacking")
	if list := l.take(); len(list) != 1 || list[0].Err == nil || failed == nil {
		t.Errorf("a statement that fails: %+v", list)
	}
	if err := c.QueryRowContext(ctx, "SELECT lacking").Scan(); err == nil || l.take()[0].Err == nil {
		t.Error(err)
	}
}

// Values are not told unless that is asked for.
func TestStatementsAreLogged(t *testing.T) {
	var out bytes.Buffer
	logger := slog.New(slog.NewTextHandler(&out, &slog.HandlerOptions{Level: slog.LevelDebug}))
	c, _ := openFile(t, sqlite.Options{OnStatement: drey.LogStatements(logger), SlowAfter: 20 * time.Millisecond})
	ctx := context.Background()
	if _, err := links.Where(links.Slug.Eq("a secret")).All(ctx, c); err != nil {
		t.Fatal(err)
	}
	if _, err := c.ExecContext(ctx, "UPDATE lacking SET x = ?", "a secret"); err == nil {
		t.Fatal("no error")
	}
	if err := c.QueryRowContext(ctx, `SELECT count(*) FROM links, (WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 300000) SELECT * FROM n)`).Scan(new(int)); err != nil {
		t.Fatal(err)
	}
	text := out.String()
	if strings.Contains(text, "a secret") {
		t.Errorf("a value is logged:\n%s", text)
	}
	for _, want := range []string{
		`level=DEBUG msg=statement name="SELECT links"`, `level=ERROR msg=statement name="UPDATE lacking"`,
		`level=WARN msg=statement name="SELECT links"`, "SCAN links", "no such table: lacking",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%s is missing from\n%s", want, text)
		}
	}
}

func FuzzStatementName(f *testing.F) {
	f.Add("WITH a AS (SELECT 1) SELECT '")
	f.Add("/* -- [")
	f.Fuzz(func(t *testing.T, query string) { drey.StatementName(query) })
}

func TestStatementName(t *testing.T) {
	for query, want := range map[string]string{
		"-- name: GetLink :one\nSELECT 1":                "GetLink",
		`SELECT "id", (SELECT 1 FROM x) FROM "links" l`:  "SELECT links",
		`WITH "LinkStats" ("id") AS (SELECT 1) SELECT 1`: "SELECT LinkStats",
		"WITH RECURSIVE n AS (SELECT 1) SELECT 1":        "SELECT n",
		`INSERT INTO "odd name" VALUES (1)`:              "INSERT odd name",
		"UPDATE t SET x = 1":                             "UPDATE t",
		"DELETE FROM [t]":                                "DELETE t",
		`SELECT count(*) FROM (SELECT 1 FROM "links") c`: "SELECT links",
		"SELECT * FROM (VALUES (1))":                     "VALUES",
		"SELECT * FROM (":                                "",
		"VACUUM":                                         "VACUUM",
		"SELECT 1":                                       "SELECT",
		"":                                               "",
	} {
		if got := drey.StatementName(query); got != want {
			t.Errorf("%q is %q, want %q", query, got, want)
		}
	}
}
