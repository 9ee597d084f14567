package drey_test

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

func TestFailureOf(t *testing.T) {
	c, ctx := openFixture(t, 2), context.Background()
	if _, err := c.ExecContext(ctx, `CREATE TABLE notes (
		id INTEGER PRIMARY KEY,
		link INTEGER NOT NULL REFERENCES links (id),
		word TEXT NOT NULL CHECK (word <> ''),
		n INTEGER,
		UNIQUE (link, word)
	) STRICT;
	CREATE UNIQUE INDEX notes_lower ON notes (lower(word), n);
	CREATE TRIGGER no BEFORE DELETE ON notes BEGIN SELECT RAISE(ABORT, 'no'); END;
	CREATE TABLE kept (link INTEGER NOT NULL REFERENCES links (id) ON DELETE RESTRICT ON UPDATE RESTRICT) STRICT;
	CREATE TRIGGER own BEFORE UPDATE OF n ON notes BEGIN SELECT RAISE(ABORT, 'no FOREIGN KEY constraint failed'); END;
	INSERT INTO kept VALUES (2);
	INSERT INTO notes VALUES (1, 1, 'a', 1)`); err != nil {
		t.Fatal(err)
	}
	exec := func(query string) error {
		_, err := c.ExecContext(ctx, query)
		return err
	}
	canceled, cancel := context.WithTimeout(ctx, 10*time.Millisecond)
	defer cancel()
	_, slow := c.ExecContext(canceled, "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n")
	for _, test := range []struct {
		err     error
		want    drey.Failure
		table   string
		columns []string
	}{
		{nil, drey.NoFailure, "", nil},
		{exec("INSERT INTO notes VALUES (1, 1, 'b', 1)"), drey.UniqueViolation, "notes", []string{"id"}},
		{exec("INSERT INTO notes VALUES (2, 1, 'a', 2)"), drey.UniqueViolation, "notes", []string{"link", "word"}},
		{exec("INSERT INTO notes VALUES (2, 2, 'A', 1)"), drey.UniqueViolation, "", nil},
		{exec("INSERT INTO notes VALUES (2, 99, 'c', 1)"), drey.ForeignKeyViolation, "", nil},
		{exec("INSERT INTO notes VALUES (2, 1, NULL, 1)"), drey.NotNullViolation, "notes", []string{"word"}},
		{exec("INSERT INTO notes VALUES (2, 1, '', 1)"), drey.CheckViolation, "", nil},
		{exec("INSERT INTO notes VALUES (2, 1, 'd', 'x')"), drey.OtherConstraint, "", nil},
		{exec("DELETE FROM notes"), drey.OtherConstraint, "", nil},
		{exec("UPDATE notes SET n = 5"), drey.OtherConstraint, "", nil},
		{exec("DELETE FROM links WHERE id = 2"), drey.ForeignKeyViolation, "", nil},
		{exec("UPDATE links SET id = 7 WHERE id = 2"), drey.ForeignKeyViolation, "", nil},
		{exec("PRAGMA query_only = 1; DELETE FROM links"), drey.ReadOnly, "", nil},
		{exec("PRAGMA query_only = 0; SELECT lacking"), drey.OtherFailure, "", nil},
		{sql.ErrNoRows, drey.NotFound, "", nil},
		{slow, drey.Canceled, "", nil},
	} {
		err := test.err
		if err != nil {
			err = fmt.Errorf("wrapped: %w", err)
		}
		if got := drey.FailureOf(err); got != test.want {
			t.Errorf("%v is %q, want %q", err, got, test.want)
		}
		if table, columns := drey.ViolatedColumns(err); table != test.table || !slices.Equal(columns, test.columns) {
			t.Errorf("%v: %q, %q", err, table, columns)
		}
	}
}

// A transaction within one is rolled back alone.
func TestNestedTx(t *testing.T) {
	c, ctx := openFixture(t, 3), context.Background()
	failed := fmt.Errorf("no")
	err := c.Tx(ctx, func(tx *drey.Tx) error {
		if _, err := links.Delete().Where(links.ID.Eq(1)).Exec(ctx, tx); err != nil {
			return err
		}
		err := tx.Tx(ctx, func(inner *drey.Tx) error {
			if _, err := links.Delete().EveryRow().Exec(ctx, inner); err != nil {
				return err
			}
			return failed
		})
		if err != failed {
			t.Errorf("the inner one: %v", err)
		}
		return tx.Tx(ctx, func(inner *drey.Tx) error {
			_, err := links.Delete().Where(links.ID.Eq(2)).Exec(ctx, inner)
			return err
		})
	})
	if err != nil {
		t.Fatal(err)
	}
	left, err := drey.Pluck(ctx, c, links.Where(), links.ID)
	if err != nil || !slices.Equal(left, []int64{3}) {
		t.Errorf("%v, %v are left", left, err)
	}
	func() {
		defer func() {
			if recover() == nil {
				t.Error("no panic")
			}
		}()
		_ = c.Tx(ctx, func(tx *drey.Tx) error {
			return tx.Tx(ctx, func(inner *drey.Tx) error {
				_, _ = links.Delete().EveryRow().Exec(ctx, inner)
				panic("no")
			})
		})
	}()
	if n, err := links.Count(ctx, c); n != 1 || err != nil {
		t.Errorf("after a panic: %d, %v", n, err)
	}
}
