package otel

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/XSAM/otelsql"
	sdk "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/sdk/trace/tracetest"
	"go.opentelemetry.io/otel/trace"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

func open(ctx context.Context, path string, provider trace.TracerProvider) (*db.Client, error) {
	// docs {
	c, err := db.OpenWith(ctx, path, db.Options{OpenDB: func(sqlite driver.Connector) *sql.DB {
		return otelsql.OpenDB(sqlite, otelsql.WithTracerProvider(provider),
			otelsql.WithSpanNameFormatter(func(_ context.Context, m otelsql.Method, query string) string {
				return string(m) + " " + drey.StatementName(query) // sql.stmt.query GetLinkBySlug
			}))
	}})
	// } docs
	return c, err
}

func TestPage(t *testing.T) {
	source, err := os.ReadFile("client_test.go")
	if err != nil {
		t.Fatal(err)
	}
	page, err := os.ReadFile("../../../docs/transactions.md")
	if err != nil {
		t.Fatal(err)
	}
	_, part, _ := strings.Cut(string(source), "// docs {\n")
	part, _, _ = strings.Cut(part, "\t// } docs")
	part = strings.ReplaceAll("\n"+part, "\n\t", "\n")[1:]
	if !strings.Contains(string(page), "```go\n"+part+"```\n") {
		t.Errorf("docs/transactions.md does not have\n%s", part)
	}
}

// Everything that the client does goes through the wrapper, and works there.
func TestClient(t *testing.T) {
	ctx := t.Context()
	recorder := tracetest.NewSpanRecorder()
	provider := sdk.NewTracerProvider(sdk.WithSpanProcessor(recorder))
	path := filepath.Join(t.TempDir(), "links.db")
	if _, err := db.Migrate(ctx, path); err != nil {
		t.Fatal(err)
	}
	c, err := open(ctx, path, provider)
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	}()
	spans := func() (names []string) {
		for _, s := range recorder.Ended() {
			names = append(names, s.Name())
		}
		recorder.Reset()
		return names
	}
	spans()
	user, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"})
	if err != nil {
		t.Fatal(err)
	}
	one := db.Links.Slug.Eq("one")
	more := db.Links.Update(db.Links.ClickCount.Add(1)).Where(one)
	for _, step := range []struct {
		name string
		run  func() error
		want []string // spans
	}{
		{"sqlc's write", func() error {
			_, err := c.CreateLink(ctx, db.CreateLinkParams{UserID: user.ID, Slug: "one", URL: "https://example.com"})
			return err
		}, []string{"sql.conn.prepare CreateLink", "sql.stmt.query CreateLink"}},
		{"sqlc's read", func() error { _, err := c.GetLinkBySlug(ctx, "one"); return err }, []string{"sql.stmt.query GetLinkBySlug"}},
		{"typed read", func() error { _, err := db.Links.Where(one).One(ctx, c); return err }, []string{"sql.stmt.query SELECT links"}},
		{"typed write", func() error { _, err := more.Exec(ctx, c); return err }, []string{"sql.stmt.exec UPDATE links"}},
		{"returning", func() error { _, err := more.Returning(ctx, c); return err }, []string{"sql.stmt.query UPDATE links"}},
		{"transaction", func() error {
			return c.Tx(ctx, func(tx *db.Tx) error {
				if _, err := more.Exec(ctx, tx); err != nil {
					return err
				}
				return tx.Tx(ctx, func(tx *db.Tx) error { _, err := tx.GetLinkBySlug(ctx, "one"); return err })
			})
		}, []string{"sql.conn.begin_tx ", "sql.stmt.exec UPDATE links", "sql.conn.exec SAVEPOINT", "sql.tx.commit "}},
		{"batch", func() error {
			var b db.Batch
			b.Do(func(tx *db.Tx) error { _, err := more.Exec(ctx, tx); return err })
			return b.Run(ctx, c)
		}, []string{"sql.conn.begin_tx ", "sql.stmt.exec UPDATE links"}},
		{"snapshot", func() error {
			return c.Snapshot(ctx, func(tx *db.Tx) error { _, err := db.Links.Count(ctx, tx); return err })
		}, []string{"sql.stmt.query SELECT links"}},
		{"backup", func() error { return c.Backup(ctx, path+".backup", nil) }, nil},
		{"check", func() error { return c.Check(ctx) }, nil},
	} {
		if err := step.run(); err != nil {
			t.Errorf("%s: %v", step.name, err)
		}
		have := spans()
		for _, name := range step.want {
			if !slices.Contains(have, name) {
				t.Errorf("%s: no span %q in %q", step.name, name, have)
			}
		}
	}
	if l, err := c.GetLinkBySlug(ctx, "one"); err != nil || l.ClickCount != 4 {
		t.Errorf("%d clicks, %v, want 4", l.ClickCount, err)
	}
	if _, err := c.CreateUser(ctx, db.CreateUserParams{Email: "ada@example.com"}); drey.FailureOf(err) != drey.UniqueViolation {
		t.Errorf("a second user of that address: %v", err)
	}

	// The second row takes long to find.
	ended, cancel := context.WithTimeout(ctx, 20*time.Millisecond)
	defer cancel()
	start := time.Now()
	const query = "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1000000000) SELECT i FROM n WHERE i IN (1, 1000000000)"
	rows, err := c.QueryContext(ended, query) // @native-sql a query that does not end soon, for a test
	if err != nil {
		t.Fatal(err)
	}
	for rows.Next() {
	}
	if err := rows.Err(); drey.FailureOf(err) != drey.Canceled || time.Since(start) > 5*time.Second {
		t.Errorf("%v after %v", err, time.Since(start))
	}
	if err := rows.Close(); err != nil {
		t.Error(err)
	}
}
