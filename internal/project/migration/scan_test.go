package migration

import (
	"context"
	"database/sql/driver"
	"slices"
	"strings"
	"testing"

	"github.com/pressly/goose/v3"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/sqlite"
)

// deaf takes statements and runs none of them.
type deaf struct{ *conn }

func (d deaf) ExecContext(_ context.Context, query string, _ []driver.NamedValue) (driver.Result, error) {
	d.rec.record(query, nil)
	return driver.ResultNoRows, nil
}

// gooseReads is what goose itself reads in a migration.
func gooseReads(t *testing.T, m *sqlite.Memory, text string) ([]string, error) {
	t.Helper()
	rec := &recorder{}
	db, err := m.Open(func(c driver.Conn) driver.Conn { return deaf{&conn{c, rec}} })
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	fsys, err := txtar.FS(&txtar.Archive{Files: []txtar.File{{Name: "00001_a.sql", Data: []byte(text)}}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, fsys, goose.WithDisableGlobalRegistry(true), goose.WithDisableVersioning(true))
	if err != nil {
		t.Fatal(err)
	}
	_, err = p.Up(t.Context())
	return rec.sent, err
}

// A pair without SQL costs a line of SQL in goose, which is why scan refuses it
// where one follows.
func TestGooseDropsALine(t *testing.T) {
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	defer m.Close()
	sent, err := gooseReads(t, m, "-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\nCREATE TABLE lost (x);\nCREATE TABLE kept (x);\n")
	if err != nil || !slices.Equal(sent, []string{"CREATE TABLE kept (x);"}) {
		t.Errorf("goose sends %q, %v", sent, err)
	}
}

// Goose reads what scan reads, and refuses what scan refuses, but for what drey
// alone does not want.
func FuzzScan(f *testing.F) {
	archive, err := txtar.ParseFile("testdata/faults.txtar")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range archive.Files {
		f.Add(string(file.Data))
	}
	for _, text := range []string{
		"-- +goose Up\n-- +goose StatementBegin\n-- nothing to do\n-- +goose StatementEnd\n-- +goose Down\nSELECT 1;\n",
		"-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\n\n-- c\n  \nSELECT 1;\n",
		"-- +goose Up\n-- +goose StatementBegin\n-- +goose StatementEnd\n-- +goose StatementBegin\nSELECT 1;\n-- +goose StatementEnd\n",
		"-- +goose Up\n-- +goose StatementBegin\n  \n-- +goose StatementEnd\nSELECT 1;\n",
		"-- +goose Up\nSELECT 1;\n-- +goose Down\n-- +goose StatementBegin\n-- +goose StatementEnd\nSELECT 2;\n",
		"-- +goose Up\n  \n-- c\n  SELECT 1; -- +goose\nSELECT ';\n';\n",
		"-- +goose Up\r\n \r\n\tSELECT 1\r\n;\r\n\r\r\n",
		"-- +goose Up\n-- +goose StatementBegin\n \nSELECT 1;\n\n-- +goose NO TRANSACTION\nSELECT 2\n  \n-- +goose StatementEnd\nSELECT 3;",
		"--+gooseup\n-- -- +goose -- Down --\nSELECT 1;--\nSELECT 2 --;\n;",
		"-- +goose Up\nSELECT 1\n-- +goose StatementBegin\n;\n-- +goose StatementEnd\n-- +goose Down\n \n",
		"-- +goose Up\n-- +goose ENVSUB ON\n-- $A\nSELECT '\\\\'; -- \\\n-- +goose ENVSUB OFF\nSELECT '$A';\n",
		"\ufeff-- +goose Up\nSELECT 1;\u00a0\n\u0085x;",
	} {
		f.Add(text)
	}
	m, err := sqlite.NewMemory()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { m.Close() })
	f.Fuzz(func(t *testing.T, text string) {
		got, fault := scan(text)
		if fault != nil && (strings.HasPrefix(fault.msg, "ENVSUB") || strings.HasPrefix(fault.msg, "there is no SQL between")) {
			return
		}
		sent, err := gooseReads(t, m, text)
		if (fault == nil) != (err == nil) {
			t.Fatalf("scan: %v, goose: %v", fault, err)
		}
		if fault != nil {
			if fault.line < 1 || fault.line > 1+strings.Count(text, "\n") {
				t.Errorf("the fault is in line %d", fault.line)
			}
			return
		}
		lines := strings.Split(text, "\n")
		var texts []string
		for _, p := range got.up {
			texts = append(texts, p.text)
			for i, line := range strings.Split(p.text, "\n") {
				if !strings.Contains(lines[p.lines[i]-1], line) {
					t.Errorf("line %d is not %q", p.lines[i], line)
				}
			}
			if line, col := p.position(0); !strings.HasPrefix(lines[line-1][col-1:], strings.SplitN(p.text, "\n", 2)[0]) {
				t.Errorf("%q does not begin in %d:%d", p.text, line, col)
			}
		}
		if !slices.Equal(texts, sent) {
			t.Errorf("scan reads %q, goose %q", texts, sent)
		}
	})
}
