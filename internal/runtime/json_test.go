package drey_test

import (
	"bytes"
	"context"
	"database/sql/driver"
	"encoding/json"
	"math"
	"reflect"
	"strconv"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/internal/remote"
	"github.com/dreysql/drey/internal/runtime/internal/sqldriver"
	"github.com/dreysql/drey/internal/runtime/sqlite"
)

type inJottings struct{}

// jotting is a row that AppendJSON writes itself.
type jotting struct {
	ID      int64          `json:"id"`
	Text    string         `json:"text"`
	Title   *string        `json:"Title_2"`
	Score   float64        `json:"score"`
	Weight  *float64       `json:"weight"`
	Made    drey.UnixTime  `json:"made"`
	Changed *drey.UnixTime `json:"changed"`
	Day     time.Time      `json:"day"`
	Until   *time.Time     `json:"until"`
	Doc     drey.JSON      `json:"doc"`
	Done    bool           `json:"done"`
	Seen    *bool          `json:"seen"`
	Count   *int64         `json:"count"`
}

func jottingFields(r *jotting, to []any) []any {
	return append(to, &r.ID, &r.Text, &r.Title, &r.Score, &r.Weight, &r.Made, &r.Changed, &r.Day, &r.Until, &r.Doc, &r.Done, &r.Seen, &r.Count)
}

// Rows of the first two columns that it leaves to json.Marshal: with a method, without tags,
// with an option, with a name that is escaped, in another order, and with a
// struct that begins where a column is scanned.
type (
	ownJotting struct {
		ID   int64  `json:"id"`
		Text string `json:"text"`
	}
	bareNote struct {
		ID   int64
		Text string
	}
	sparseNote struct {
		ID   int64  `json:"id,omitempty"`
		Text string `json:"text,omitempty"`
	}
	oddNote struct {
		ID   int64  `json:"a&b"`
		Text string `json:"text"`
	}
	turnedNote struct {
		Text string `json:"text"`
		ID   int64  `json:"id"`
	}
	deepNote struct {
		In   struct{ ID int64 } `json:"in"`
		Text string             `json:"text"`
	}
)

func (*ownJotting) MarshalText() ([]byte, error) { return []byte("mine"), nil }

// TestAppendJSON compares it with json.Marshal of All.
func TestAppendJSON(t *testing.T) {
	c := fixture.OpenMemory(t, []sqlite.Migration{{Version: 1, Name: "00001_notes.sql", Up: []string{`CREATE TABLE notes (
		id INTEGER PRIMARY KEY, text TEXT NOT NULL, title TEXT, score REAL NOT NULL, weight REAL, made INTEGER NOT NULL, changed INTEGER,
		day DATETIME NOT NULL, until DATETIME, doc JSON, done BOOLEAN NOT NULL, seen BOOLEAN, count INTEGER)`}}}, sqlite.Options{})
	noon := time.Date(2026, 5, 4, 12, 0, 0, 500, time.UTC)
	for i, text := range []string{
		"", "plain ~", `a"b\`, "<b>&'</b>", "\x00\x1f\x7f\n", "é\u2028\u2029\U0001F426", "\ufeff\ufffd", "\xff\xc3", "\xed\xa0\x80",
	} {
		score := []float64{0, math.Copysign(0, -1), 1e21, 1e-7, -123456789.25, math.MaxFloat64, 5e-324, 1 << 53, 100}[i]
		args := []any{i, text, text, score, score, i, -i, noon, noon.Add(time.Duration(i)), `{"<a>": [1, "\u00e9" ]}`, i%2 == 0, true, int64(math.MinInt64) + int64(i)}
		if i%3 == 0 {
			args = []any{math.MaxInt64 - i, text, nil, score, nil, -i, nil, noon.AddDate(-1000, 0, 0), nil, nil, false, nil, nil}
		}
		if _, err := c.ExecContext(t.Context(), "INSERT INTO notes VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", args...); err != nil {
			t.Fatal(err)
		}
	}
	columns := []string{`"id"`, `"text"`, `"title"`, `"score"`, `"weight"`, `"made"`, `"changed"`, `"day"`, `"until"`, `"doc"`, `"done"`, `"seen"`, `"count"`}
	relation := drey.Number(&drey.Relation{Name: `"notes"`, Columns: columns, Key: []uint16{0}})
	short := drey.Number(&drey.Relation{Name: `"notes"`, Columns: columns[:2], Key: []uint16{0}})
	notes := drey.NewQuery[inJottings](relation, jottingFields)
	writes(t, c, notes, true)
	writes(t, c, notes.Limit(1), true)
	writes(t, c, notes.Limit(0), true)
	writes(t, c, drey.NewQuery[inJottings](short, func(r *ownJotting, to []any) []any { return append(to, &r.ID, &r.Text) }), false)
	writes(t, c, drey.NewQuery[inJottings](short, func(r *bareNote, to []any) []any { return append(to, &r.ID, &r.Text) }), false)
	writes(t, c, drey.NewQuery[inJottings](short, func(r *sparseNote, to []any) []any { return append(to, &r.ID, &r.Text) }), false)
	writes(t, c, drey.NewQuery[inJottings](short, func(r *oddNote, to []any) []any { return append(to, &r.ID, &r.Text) }), false)
	writes(t, c, drey.NewQuery[inJottings](short, func(r *turnedNote, to []any) []any { return append(to, &r.ID, &r.Text) }), false)
	writes(t, c, drey.NewQuery[inJottings](short, func(r *deepNote, to []any) []any { return append(to, &r.In.ID, &r.Text) }), false)

	// Two of one name, which json.Marshal leaves out.
	id := reflect.StructField{Name: "ID", Type: reflect.TypeFor[int64](), Tag: `json:"a"`}
	other := id
	other.Name = "Other"
	if row := drey.NewJSONRow(reflect.StructOf([]reflect.StructField{id, other})); row != nil {
		t.Error(row)
	}

	// What neither can write leaves the buffer as it was.
	if _, err := c.ExecContext(t.Context(), "UPDATE notes SET doc = '{' WHERE id = 1"); err != nil {
		t.Fatal(err)
	}
	if got, err := drey.AppendJSON(t.Context(), c, notes, []byte("x")); err == nil || string(got) != "x" {
		t.Errorf("%s, %v", got, err)
	}
}

func writes[R any](t *testing.T, c *drey.Client, q *drey.Query[inJottings, R], itself bool) {
	t.Helper()
	rows, err := q.All(context.Background(), c)
	if err != nil {
		t.Fatal(err)
	}
	want, err := json.Marshal(rows)
	if err != nil {
		t.Fatal(err)
	}
	got, err := drey.AppendJSON(context.Background(), c, q, []byte("x"))
	if want = append([]byte("x"), want...); err != nil || !bytes.Equal(got, want) {
		t.Errorf("%T:\n%s, %v\nwant\n%s", rows, got, err, want)
	}
	if drey.WritesItself(q) != itself {
		t.Errorf("%T: AppendJSON writes it itself: %t", rows, !itself)
	}
}

func FuzzVerbatim(f *testing.F) {
	for _, s := range []string{"", "a", `"`, "é", "\xff", "<", "\x7f"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		want, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := drey.AppendField(nil, &s); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s, %v, want %s", got, err, want)
		}
	})
}

// FuzzCells: a value that comes as JSON is written as it is after it was scanned.
func FuzzCells(f *testing.F) {
	for _, cell := range []string{
		"null", "0", "1", "2", "-1", "-0", "007", "-62135596801", "253402300800", "999999999999999", "9999999999999999", "1.5", `""`, `"a b"`,
		`"<"`, `"é"`, `"\u2028"`, "[]", "[1,255]",
	} {
		f.Add(cell)
	}
	f.Fuzz(func(t *testing.T, text string) {
		cell, err := (&remote.Reader{Text: text}).Cell()
		if err != nil {
			return
		}
		for _, field := range jottingFields(new(jotting), nil) {
			got, ok := drey.AppendCell(nil, field, cell)
			if !ok {
				continue
			}
			row := &sqldriver.Row{Rows: &jottedRow{cell: cell}}
			if err := row.Next(1); err != nil {
				t.Fatal(err)
			}
			err := row.Scan(field)
			want, failed := drey.AppendField(nil, field)
			if err != nil || failed != nil || !bytes.Equal(got, want) {
				t.Errorf("%s in a %T is written as %s, want %s, %v, %v", cell, field, got, want, err, failed)
			}
		}
	})
}

// jottedRow is a row of one value that comes as JSON.
type jottedRow struct {
	sqldriver.FixedRows
	cell string
}

func (r *jottedRow) NextCells() ([]string, error) { return []string{r.cell}, nil }

func (r *jottedRow) Value(cell string) (driver.Value, error) {
	reader := remote.Reader{Text: cell, Number: func(text string) (driver.Value, error) { return strconv.ParseInt(text, 10, 64) }}
	return reader.Value()
}
