package drey_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

type (
	word   string
	number int32
)

// Arguments are bound as database/sql binds them.
func TestArgumentsAreThoseOfDatabaseSQL(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{})
	ctx := context.Background()
	text, n := "x", 7
	for _, arg := range []any{
		nil, 1, int8(2), uint16(3), 1.5, float32(0.5), true, "text", word("word"), number(9), []byte("b"), []byte{}, []byte(nil), &text, &n, (*int)(nil),
		time.Unix(5, 0).UTC(), drey.Unix(time.Unix(5, 0)), drey.JSON("{}"), drey.JSON(nil), sql.NullString{}, sql.Null[int64]{V: 4, Valid: true},
		uint64(1 << 63), struct{}{}, make(chan int),
	} {
		probe := func(c drey.Conn) (string, error) {
			var found []string
			q := drey.From(&links.Query, rawSelect{arg})
			rows, err := q.All(ctx, c)
			for _, r := range rows {
				found = append(found, fmt.Sprint(r.Slug, *r.Title))
			}
			return strings.Join(found, ","), err
		}
		got, err := probe(c)
		var want string
		var wanted error
		if e := c.Tx(ctx, func(tx *drey.Tx) error { want, wanted = probe(tx); return nil }); e != nil {
			t.Fatal(e)
		}
		if got != want || (err == nil) != (wanted == nil) {
			t.Errorf("%T %v: %q, %v; in a transaction %q, %v", arg, arg, got, err, want, wanted)
		}
	}
}

// rawSelect gives type and value of an argument in a row of links.
type rawSelect struct{ arg any }

func (r rawSelect) ToSql() (string, []any, error) {
	return "SELECT 1 AS id, 1 AS user_id, typeof(?1) AS slug, quote(?1) AS title, 0 AS clicks, NULL AS score, 0 AS created", []any{r.arg}, nil
}

// A query ends between its rows when its context does, and its connection
// serves on.
func TestDirectReadIsCancelled(t *testing.T) {
	c, _ := openFile(t, sqlite.Options{Readers: 1})
	ctx, cancel := context.WithCancel(context.Background())
	n := 0
	rows := drey.From(&links.Query, endless{})
	_, err := drey.Select(rows, func(p *drey.Projection[inLinks], to *int64) {
		drey.ReadInto(p, links.ID, to)
		if n++; n == 1000 {
			cancel()
		}
	}).All(ctx, c)
	if !errors.Is(err, context.Canceled) || n > 1001 {
		t.Errorf("%v after %d rows", err, n)
	}
	if _, err := links.All(context.Background(), c); err != nil {
		t.Error(err)
	}
}

type endless struct{}

func (endless) ToSql() (string, []any, error) {
	return "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT i AS id, 1 AS user_id, '' AS slug, NULL AS title, 0 AS clicks, NULL AS score, 0 AS created FROM n", nil, nil
}
