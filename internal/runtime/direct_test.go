package drey_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

type (
	word   string
	number int32
	odd    struct{ seen any } // a Scanner that refuses text
)

func (o *odd) Scan(v any) error {
	if _, ok := v.(string); ok {
		return errors.New("no text")
	}
	o.seen = v
	return nil
}

// What is scanned from the driver's rows is what database/sql would give, for
// every type and value, and so is the error where there is one.
func TestScansAreThoseOfDatabaseSQL(t *testing.T) {
	types := []any{
		new(int64), new(int), new(int32), new(int8), new(uint8), new(uint64), new(number), new(float64), new(float32), new(bool),
		new(string), new(word), new([]byte), new(json.RawMessage), new(time.Time), new(any),
		new(*int64), new(*int32), new(*string), new(*word), new(*float64), new(*bool), new(*[]byte), new(*time.Time), new(**string),
		new(drey.UnixTime), new(*drey.UnixTime), new(drey.JSON), new(*drey.JSON), new(odd), new(*odd),
		new(sql.NullString), new(sql.Null[int64]), new(sql.NullTime), new(sql.NullBool), new(sql.Null[word]),
		new(struct{ X int }), new(map[string]int), new([]int), new([16]byte),
	}
	values := []driver.Value{
		nil, int64(0), int64(1), int64(2), int64(-1), int64(200), int64(1 << 40), int64(1<<63 - 1), 0.0, 1.5, -2.0, 1e300,
		"", "text", "12", "1.5", "true", "2026-01-02", []byte{}, []byte("bytes"), []byte("7"), time.Unix(5, 0).UTC(), true,
	}
	for _, typ := range types {
		for _, v := range values {
			fresh := func() any { return reflect.New(reflect.TypeOf(typ).Elem()).Interface() }
			want, got := fresh(), fresh()
			columns := []string{"x"}
			byHand := &drey.tape{replay: true, list: []drey.taped{{rows: true, columns: columns, values: [][]driver.Value{{v}}}}}
			db := sql.OpenDB(byHand)
			wanted := db.QueryRow("").Scan(want)
			db.Close()
			r := &sqldriver.Row{Rows: &drey.tapedRows{of: &drey.taped{columns: columns}}, Values: []driver.Value{v}}
			err := r.Scan(got)
			if fmt.Sprint(err) != fmt.Sprint(wanted) || err == nil && !reflect.DeepEqual(got, want) {
				t.Errorf("%T from %T %v: %v, %v; database/sql gives %v, %v", typ, v, v, reflect.ValueOf(got).Elem(), err, reflect.ValueOf(want).Elem(), wanted)
			}
		}
	}
}

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
	_, err := drey.Select(ctx, c, rows, func(p *drey.Projection[inLinks], to *int64) {
		drey.ReadInto(p, links.ID, to)
		if n++; n == 1000 {
			cancel()
		}
	})
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
