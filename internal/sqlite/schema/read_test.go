package schema_test

import (
	"context"
	"database/sql"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/proof/chinook"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Each testdata/*.txtar is a schema in SQL and what Read makes of it.
func TestRead(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	if err != nil || len(files) == 0 {
		t.Fatal("no test data", err)
	}
	for _, file := range files {
		t.Run(strings.TrimSuffix(filepath.Base(file), ".txtar"), func(t *testing.T) {
			archive, err := txtar.ParseFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var got string
			if s, err := schema.Read(t.Context(), open(t, string(archive.Files[0].Data)), "goose_db_version"); err != nil {
				got = "error: " + err.Error() + "\n"
			} else {
				got = dump(s)
			}
			if *update {
				archive.Files = append(archive.Files[:1], txtar.File{Name: "want", Data: []byte(got)})
				if err := os.WriteFile(file, txtar.Format(archive), 0o644); err != nil {
					t.Fatal(err)
				}
				return
			}
			if diff := cmp.Diff(string(archive.Files[1].Data), got); diff != "" {
				t.Errorf("run with -update if this is right: (-want +got)\n%s", diff)
			}
		})
	}
}

// open returns a database with the schema. It has one connection, which has
// run the statements itself, so that their temporary tables are there.
func open(t *testing.T, ddl string) *sql.DB {
	t.Helper()
	m, err := sqlite.NewMemory()
	if err != nil {
		t.Fatal(err)
	}
	db, err := m.Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1)
	t.Cleanup(func() {
		if err := errors.Join(db.Close(), m.Close()); err != nil {
			t.Error(err)
		}
	})
	if _, err := db.ExecContext(t.Context(), ddl); err != nil {
		t.Fatal(err)
	}
	return db
}

// dump is a schema as text. Text of statements is left out: it is SQLite's.
func dump(s *schema.Schema) string {
	var b strings.Builder
	for _, t := range s.Tables {
		fmt.Fprintf(&b, "%s %s%s%s\n", t.Kind, t.Name, word(t.Strict, "strict"), word(t.WithoutRowID, "without rowid"))
		for _, c := range t.Columns {
			fmt.Fprintf(&b, "  %s %s%s%s%s%s%s%s\n", c.Name, or(c.Type, "-"), word(c.Collation != "", c.Collation), word(c.NotNull, "not null"),
				word(c.Default != "", "default "+c.Default), word(c.Generated != "", string(c.Generated)),
				word(c.RowIDAlias, "rowid"), word(c.Inline, "inline"))
		}
		if len(t.PrimaryKey) > 0 {
			fmt.Fprintf(&b, "  primary key (%s)\n", strings.Join(t.PrimaryKey, ", "))
		}
		for _, ix := range t.Indexes {
			var columns []string
			for _, c := range ix.Columns {
				columns = append(columns, or(c.Name, "<expression>")+word(c.Collation != "BINARY", c.Collation)+word(c.Desc, "desc"))
			}
			fmt.Fprintf(&b, "  index %s %s%s%s (%s)\n", ix.Name, ix.Origin, word(ix.Unique, "unique"), word(ix.Partial, "partial"),
				strings.Join(columns, ", "))
		}
		for _, fk := range t.ForeignKeys {
			fmt.Fprintf(&b, "  foreign key (%s) -> %s (%s) on update %s on delete %s\n", strings.Join(fk.From, ", "), fk.Table,
				strings.Join(fk.To, ", "), fk.OnUpdate, fk.OnDelete)
		}
		for _, key := range t.UniqueKeys() {
			fmt.Fprintf(&b, "  identified by (%s)\n", strings.Join(key, ", "))
		}
	}
	for _, tr := range s.Triggers {
		fmt.Fprintf(&b, "trigger %s on %s\n", tr.Name, tr.Table)
	}
	return b.String()
}

func word(is bool, text string) string {
	if is {
		return " " + text
	}
	return ""
}

func or(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

// The text of statements is kept, also of indexes, for what only it can tell.
func TestReadKeepsStatements(t *testing.T) {
	s, err := schema.Read(t.Context(), open(t, `
		create table t (a PRIMARY KEY, b);
		create index i on t (lower(b));
		create view v as select a from t;
		create trigger tr after insert on t begin select 1; end`))
	if err != nil {
		t.Fatal(err)
	}
	got := []string{s.Table("T").SQL, s.Table("t").Indexes[0].SQL, s.Table("t").Indexes[1].SQL, s.Table("v").SQL, s.Triggers[0].SQL}
	want := []string{
		"CREATE TABLE t (a PRIMARY KEY, b)",
		"", // the primary key's
		"CREATE INDEX i on t (lower(b))",
		"CREATE VIEW v as select a from t",
		"CREATE TRIGGER tr after insert on t begin select 1; end",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got)\n%s", diff)
	}
}

func TestReadViewError(t *testing.T) {
	_, err := schema.Read(t.Context(), open(t, "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t; DROP TABLE t"))
	var e *schema.ViewError
	if !errors.As(err, &e) || e.View != "v" || e.SQL != "CREATE VIEW v AS SELECT a FROM t" {
		t.Errorf("got %#v", err)
	}
}

func TestReadIsCancelled(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	db := open(t, "CREATE TABLE t (a); CREATE VIEW v AS SELECT a FROM t")
	cancel()
	if _, err := schema.Read(ctx, db); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

// Chinook is a database that no one here wrote.
func TestReadChinook(t *testing.T) {
	db, err := sql.Open("sqlite", "file:"+chinook.File(t)+"?mode=ro")
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, err := schema.Read(t.Context(), db)
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	keys := 0
	for _, table := range s.Tables {
		names = append(names, table.Name)
		keys += len(table.ForeignKeys)
		if len(table.PrimaryKey) == 0 {
			t.Errorf("%s has no primary key", table.Name)
		}
	}
	want := strings.Fields("Album Artist Customer Employee Genre Invoice InvoiceLine MediaType Playlist PlaylistTrack Track")
	if diff := cmp.Diff(want, names); diff != "" || keys != 11 {
		t.Errorf("%d foreign keys, want 11; (-want +got)\n%s", keys, diff)
	}
	if got := s.Table("PlaylistTrack").PrimaryKey; !cmp.Equal(got, []string{"PlaylistId", "TrackId"}) {
		t.Errorf("PlaylistTrack has the key %v", got)
	}
}
