package drey_test

import (
	"database/sql"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/runtime/internal/fixture"
	"github.com/dreysql/drey/internal/runtime/sqlite"
	"github.com/google/go-cmp/cmp"
)

// What a write must not be.
func TestWritesThatFail(t *testing.T) {
	c, ctx := openArchive(t), t.Context()
	had := archive.Insert(archive.Slug, archive.Clicks)
	add := archive.Clicks.Add(1)
	wide := drey.Query[inArchive, kept]{}
	for _, test := range []struct {
		name  string
		write written
		want  any // an error, or a part of its text
	}{
		{"Set without OrUpdate", inserts(had.Set(add), kept{Slug: "a"}), "there is no OrUpdate"},
		{"Where without OrUpdate", inserts(had.OrIgnore().Where(archive.Clicks.Gt(1)), kept{Slug: "a"}), "there is no OrUpdate"},
		{"all that is set is absent", inserts(had.OrUpdate(archive.KeySlug).Set(drey.OptSet(nil, archive.Clicks.Set)), kept{Slug: "a"}), drey.ErrNoAssignment},
		{"set twice", inserts(had.OrUpdate(archive.KeySlug).Set(add, archive.Clicks.Set(1)), kept{Slug: "a"}), drey.ErrAssignedTwice},
		{"set and updated", inserts(had.OrUpdate(archive.KeySlug, archive.Clicks).Set(add), kept{Slug: "a"}), drey.ErrAssignedTwice},
		{"Excluded in an Update", mutates(archive.Update(drey.SetTo(archive.Clicks, drey.Excluded(archive.Clicks))).EveryRow()), "Excluded is for"},
		{"Excluded in a Where", mutates(archive.Delete().Where(drey.Excluded(archive.Clicks).Gt(1))), "Excluded is for"},
		{"Excluded in Values", inserts(had.Values(drey.SetTo(archive.Clicks, drey.Excluded(archive.Clicks))), kept{Slug: "a"}), "Excluded is for"},
		{"Excluded in a query inside", inserts(had.OrUpdate(archive.KeySlug).Where(drey.Exists[inArchive](archive.Where(drey.Excluded(archive.Clicks).Gt(1)))), kept{Slug: "a"}), "Excluded is for"},
		{"values of one column twice", inserts(had.Values(add, archive.Clicks.Set(1)), kept{Slug: "a"}), drey.ErrAssignedTwice},
		{"a value of what is not inserted", inserts(had.Values(drey.SetTo(archive.Slug, drey.Coalesce(archive.Note, ""))), kept{Slug: "a"}), "no such column"},
		{"a key without its condition", inserts(had.OrIgnore(drey.NewKey[inArchive](1)), kept{Slug: "a"}), "does not match any"},
		{"rows beside a query", inserts(drey.InsertSelect(archive.Insert(), archive.Where(), drey.SetFrom(archive.Slug, archive.Slug)), kept{}), "got rows beside it"},
		{"columns beside those of a query", inserts(drey.InsertSelect(had, archive.Where(), drey.SetFrom(archive.Slug, archive.Slug))), "Insert names none"},
		{"no columns", inserts(drey.InsertSelect(archive.Insert(), links.Where())), "at least one column"},
		{"a column of a query twice", inserts(drey.InsertSelect(archive.Insert(), archive.Where(), drey.SetFrom(archive.Slug, archive.Slug), drey.SetFrom(archive.Slug, archive.Slug))), drey.ErrAssignedTwice},
		{"a query of no source", inserts(drey.InsertSelect(archive.Insert(), &wide, drey.SetFrom(archive.Slug, archive.Slug))), "a Query is made from a source"},
		{"a negative limit", inserts(drey.InsertSelect(archive.Insert(), links.Limit(-1), drey.SetFrom(archive.Slug, links.Slug))), drey.ErrNegativeLimit},
		{"an Or of nothing", inserts(had.OrUpdate(archive.KeySlug).Where(drey.Or[inArchive]()), kept{Slug: "a"}), drey.ErrEmptyOr},
		{"a generated column in an Update", mutates(every.Update(drey.SetTo(&every.Folded.TextColumn, drey.Lower(every.Folded))).EveryRow()), drey.ErrComputed},
		{"a generated column in an OrUpdate", inserts(every.Insert().OrUpdate(every.KeyText).Set(drey.SetTo(&every.Folded.TextColumn, drey.Excluded(every.Folded))), everything{}), drey.ErrComputed},
		{"a generated column in Values", inserts(every.Insert().Values(drey.SetTo(&every.Folded.TextColumn, drey.Lower(every.Folded))), everything{}), drey.ErrComputed},
		{"a generated column from a query", inserts(drey.InsertSelect(every.Insert(), links.Where(), drey.SetFrom(&every.Folded.TextColumn, links.Slug))), drey.ErrComputed},
		{"a time for a date", inserts(drey.InsertSelect(every.Insert(), &every.Query, drey.SetFrom(every.At, drey.Coalesce(every.Date, day0)))), "a column that is declared DATE"},
		{"a date for a time", inserts(every.Insert().OrUpdate(every.KeyText).Set(drey.SetTo(every.Date, drey.Nullable(drey.Excluded(every.At)))), everything{}), "a column that is declared DATE"},
	} {
		t.Run(test.name, func(t *testing.T) {
			for range 2 { // the second one might find what the first has kept
				_, err := test.write.run(ctx, c)
				is, wanted := test.want.(error)
				if err == nil || wanted && !errors.Is(err, is) || !wanted && !strings.Contains(err.Error(), test.want.(string)) {
					t.Errorf("%v, want %v", err, test.want)
				}
			}
			if n, err := archive.Count(ctx, c); err != nil || n != 0 {
				t.Errorf("%d rows, %v", n, err)
			}
		})
	}
	// The shape of a limit that is not negative is known.
	first := drey.InsertSelect(archive.Insert(), links.Limit(1), drey.SetFrom(archive.Slug, links.Slug))
	if n, err := first.Exec(ctx, c); n != 1 || err != nil {
		t.Fatal(n, err)
	}
	if _, err := drey.InsertSelect(archive.Insert(), links.Limit(-1), drey.SetFrom(archive.Slug, links.Slug)).Exec(ctx, c); !errors.Is(err, drey.ErrNegativeLimit) {
		t.Error(err)
	}
	if _, _, err := had.ToSql(); err == nil {
		t.Error("an INSERT of no rows has a text")
	}
}

// everything is a row of a table with columns of all kinds.
type everything struct {
	ID     int64
	Small  int8
	Float  *float64
	Yes    bool
	Text   string
	Blob   []byte
	JSON   drey.JSON
	At     time.Time
	Date   *time.Time
	Unix   drey.UnixTime
	Milli  *drey.UnixMilli
	Form   drey.TextTime
	Price  *float64
	Folded string
}

type (
	inEverything struct{}
	status       string
)

var everythingRelation = drey.Number(&drey.Relation{
	Name: `"everything"`,
	Columns: []string{
		`"id"`, `"small"`, `"float"`, `"yes"`, `"text"`, `"blob"`, `"json"`, `"at"`, `"date"`, `"unix"`, `"milli"`, `"form"`, `"price"`, `"folded"`,
	},
	Unique: [][]uint16{{0}, {4}}, Key: []uint16{0}, Nullable: []uint16{2, 6, 8, 10, 12}, Numeric: []uint16{12},
	Dates: []uint16{8}, Times: []uint16{7, 11}, Computed: []uint16{13},
})

func everythingFields(r *everything, to []any) []any {
	return append(to, &r.ID, &r.Small, &r.Float, &r.Yes, &r.Text, &r.Blob, &r.JSON, &r.At, &r.Date, &r.Unix, &r.Milli, &r.Form, &r.Price, &r.Folded)
}

var every = struct {
	drey.Query[inEverything, everything]
	drey.TableWrites[inEverything, everything]
	PrimaryKey, KeyText drey.UniqueKey[inEverything]
	ID                  *drey.NumberColumn[inEverything, int64]
	Small               *drey.NumberColumn[inEverything, int8]
	Float               *drey.NullNumberColumn[inEverything, float64]
	Yes                 *drey.Column[inEverything, bool]
	Text                *drey.NamedTextColumn[inEverything, status]
	Blob                *drey.Column[inEverything, []byte]
	JSON                *drey.NullColumn[inEverything, drey.JSON]
	At                  *drey.OrderedColumn[inEverything, time.Time]
	Date                *drey.NullOrderedColumn[inEverything, time.Time]
	Unix                *drey.OrderedColumn[inEverything, drey.UnixTime]
	Milli               *drey.NullOrderedColumn[inEverything, drey.UnixMilli]
	Form                *drey.OrderedColumn[inEverything, drey.TextTime]
	Price               *drey.NullOrderedColumn[inEverything, decimal]
	Folded              *struct {
		drey.TextColumn[inEverything]
		drey.ComputedColumn
	}
}{
	Query:       *drey.NewQuery[inEverything](everythingRelation, everythingFields),
	TableWrites: drey.NewTableWrites[inEverything](everythingRelation, everythingFields),
	PrimaryKey:  drey.NewKey[inEverything](0),
	KeyText:     drey.NewKey[inEverything](4),
	ID:          drey.NewNumberColumn[inEverything, int64](everythingRelation, 0),
	Small:       drey.NewNumberColumn[inEverything, int8](everythingRelation, 1),
	Float:       drey.NewNullNumberColumn[inEverything, float64](everythingRelation, 2),
	Yes:         drey.NewColumn[inEverything, bool](everythingRelation, 3),
	Text:        drey.NewNamedTextColumn[inEverything, status](everythingRelation, 4),
	Blob:        drey.NewColumn[inEverything, []byte](everythingRelation, 5),
	JSON:        drey.NewNullColumn[inEverything, drey.JSON](everythingRelation, 6),
	At:          drey.NewOrderedColumn[inEverything, time.Time](everythingRelation, 7),
	Date:        drey.NewNullOrderedColumn[inEverything, time.Time](everythingRelation, 8),
	Unix:        drey.NewOrderedColumn[inEverything, drey.UnixTime](everythingRelation, 9),
	Milli:       drey.NewNullOrderedColumn[inEverything, drey.UnixMilli](everythingRelation, 10),
	Form:        drey.NewOrderedColumn[inEverything, drey.TextTime](everythingRelation, 11),
	Price:       drey.NewNullOrderedColumn[inEverything, decimal](everythingRelation, 12),
	Folded: &struct {
		drey.TextColumn[inEverything]
		drey.ComputedColumn
	}{TextColumn: *drey.NewTextColumn[inEverything](everythingRelation, 13)},
}

func openEverything(tb testing.TB) *drey.Client {
	tb.Helper()
	return fixture.OpenMemory(tb, []sqlite.Migration{{Version: 1, Name: "00001_everything.sql", Up: []string{
		`CREATE TABLE everything (id INTEGER PRIMARY KEY, small INTEGER NOT NULL DEFAULT 0, float REAL, yes BOOLEAN NOT NULL DEFAULT 0,
			text TEXT NOT NULL UNIQUE, blob BLOB NOT NULL DEFAULT '', json TEXT, at DATETIME NOT NULL DEFAULT CURRENT_TIMESTAMP, date DATE,
			unix INTEGER NOT NULL DEFAULT 0, milli INTEGER, form TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP, price NUMERIC,
			folded TEXT AS (lower(text)))`,
	}}}, sqlite.Options{})
}

// Every kind of column can be updated from the new row, copied by a query, and made of
// an expression.
func TestWritesOfEveryKind(t *testing.T) {
	c, ctx := openEverything(t), t.Context()
	at := time.Date(2026, 2, 3, 4, 5, 6, 700_000_000, time.UTC)
	day := at.Truncate(24 * time.Hour)
	row := everything{
		ID: 1, Small: 7, Float: ptr(1.5), Yes: true, Text: "A", Blob: []byte{0, 1}, JSON: drey.JSON(`{"a":1}`), At: at, Date: &day, Unix: drey.Unix(at),
		Milli: ptr(drey.Milli(at)), Form: drey.TextTime{Time: at}, Price: ptr(2.5), Folded: "a",
	}
	empty := everything{ID: 1, Text: "A", Blob: []byte{9}, At: at, Unix: drey.Unix(at), Form: drey.TextTime{Time: at}, Folded: "a"}
	set := []drey.Assignment[inEverything]{
		drey.SetTo(every.Small, drey.Excluded(every.Small)), drey.SetTo(every.Float, drey.Excluded(every.Float)), drey.SetTo(every.Yes, drey.Excluded(every.Yes)),
		drey.SetTo(every.Blob, drey.Excluded(every.Blob)), drey.SetTo(every.JSON, drey.Excluded(every.JSON)), drey.SetTo(every.At, drey.Excluded(every.At)),
		drey.SetTo(every.Date, drey.Excluded(every.Date)), drey.SetTo(every.Unix, drey.Excluded(every.Unix)), drey.SetTo(every.Milli, drey.Excluded(every.Milli)),
		drey.SetTo(every.Form, drey.Excluded(every.Form)), drey.SetTo(every.Price, drey.Excluded(every.Price)),
	}
	for _, r := range []everything{empty, row, empty, row} {
		got, err := every.Insert().OrUpdate(every.PrimaryKey).Set(set...).Returning(ctx, c, r)
		if err != nil || len(got) != 1 {
			t.Fatal(got, err)
		}
		if diff := cmp.Diff(r, got[0]); diff != "" {
			t.Error(diff)
		}
	}

	copied, err := drey.InsertSelect(every.Insert(), &every.Query,
		drey.SetFrom(every.Text, drey.Concat(every.Text, every.Text)),
		drey.SetFrom(every.Small, drey.Plus(every.Small, every.Small)), drey.SetFrom(every.Float, drey.Times(every.Float, every.Float)),
		drey.SetFrom(every.Yes, every.Yes), drey.SetFrom(every.Blob, every.Blob), drey.SetFrom(every.JSON, every.JSON),
		drey.SetFrom(every.At, drey.Truncate(every.At, drey.Hour)), drey.SetFrom(every.Date, drey.Truncate(every.Date, drey.Month)),
		drey.SetFrom(every.Unix, drey.Truncate(every.Unix, drey.Hour)), drey.SetFrom(every.Milli, drey.Truncate(every.Milli, drey.Second)),
		drey.SetFrom(every.Form, drey.Truncate(every.Form, drey.Second)), drey.SetFrom(every.Price, drey.Nullable(drey.Coalesce(every.Price, "1"))),
	).Returning(ctx, c)
	if err != nil || len(copied) != 1 {
		t.Fatal(copied, err)
	}
	month := time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC)
	hour, second := at.Truncate(time.Hour), at.Truncate(time.Second)
	want := everything{
		ID: 2, Small: 14, Float: ptr(2.25), Yes: true, Text: "AA", Blob: []byte{0, 1}, JSON: drey.JSON(`{"a":1}`), At: hour, Date: &month, Unix: drey.Unix(hour),
		Milli: ptr(drey.Milli(second)), Form: drey.TextTime{Time: second}, Price: ptr(2.5), Folded: "aa",
	}
	if diff := cmp.Diff(want, copied[0]); diff != "" {
		t.Error(diff)
	}

	inserted, err := every.Insert().Values(drey.SetTo(every.Text, drey.Lower(every.Text)), drey.SetTo(every.At, drey.Truncate(every.At, drey.Day)),
		drey.SetTo(every.Price, drey.Nullable(drey.Coalesce(every.Price, "1"))), drey.SetTo(every.Small, drey.When(every.Price.Gt("2"), int8(1)).Else(0)),
		every.Date.SetDefault(), every.Float.Add(1),
	).Returning(ctx, c, everything{ID: 3, Text: "B", Blob: []byte{}, Float: ptr(0.5), At: at, Date: &day, Unix: drey.Unix(at), Form: drey.TextTime{Time: at}, Price: ptr(10.0)})
	if err != nil {
		t.Fatal(err)
	}
	want = everything{ID: 3, Text: "b", Folded: "b", Small: 1, Blob: []byte{}, Float: ptr(1.5), At: day, Unix: drey.Unix(at), Form: drey.TextTime{Time: at}, Price: ptr(10.0)}
	if diff := cmp.Diff([]everything{want}, inserted); diff != "" {
		t.Error(diff)
	}
}

// A value that Go could not read is not written: not by an Update, not by an OrUpdate,
// not by Values, not from a query.
func TestUnreadableIsNotWritten(t *testing.T) {
	c, ctx := openEverything(t), t.Context()
	at := time.Date(2026, 2, 3, 4, 5, 6, 0, time.UTC)
	row := everything{ID: 1, Small: 100, Float: ptr(math.MaxFloat64), Text: "A", Blob: []byte{}, At: at, Date: &at, Unix: drey.Unix(at), Form: drey.TextTime{Time: at}}
	if _, err := every.Insert().Exec(ctx, c, row); err != nil {
		t.Fatal(err)
	}
	path := drey.JSONPath[float64](drey.Expr[string](&every.Query, `'{"a": "b"}'`), "$.a")
	for _, test := range []assigning{
		assigns("a sum", every.Small, drey.Plus(every.Small, every.Small), false),
		assigns("an integer as text", every.Small, computedBy[int8](`'5'`), false),
		assigns("an integer", every.Small, computedBy[int8](`5`), true),
		assigns("a random integer", every.Small, computedBy[int8](`abs(random() % 1000) + 200`), false),
		assigns("a random integer of this size", every.Small, computedBy[int8](`random() % 100`), true),
		assigns("infinity", every.Float, drey.Plus(every.Float, every.Float), false),
		assigns("a float as text", every.Float, drey.Nullable(computedBy[float64](`'abc'`)), false),
		assigns("a path of another type", every.Float, path, false),
		assigns("2 for a bool", every.Yes, computedBy[bool](`2`), false),
		assigns("a text for a bool", every.Yes, computedBy[bool](`'true'`), false),
		assigns("a bool", every.Yes, computedBy[bool](`3 > 2`), true),
		assigns("a word for a time", every.At, computedBy[time.Time](`'now'`), false),
		assigns("another form of a time", every.At, computedBy[time.Time](`'2026-01-02T03:04:05Z'`), false),
		assigns("a fraction with a zero", every.At, computedBy[time.Time](`'2026-01-02 03:04:05.50'`), false),
		assigns("a point without a fraction", every.At, computedBy[time.Time](`'2026-01-02 03:04:05.'`), false),
		assigns("a fraction of a fraction", every.At, computedBy[time.Time](`'2026-01-02 03:04:05.0000000001'`), false),
		assigns("a day that is not there", every.At, computedBy[time.Time](`'2026-02-30 03:04:05'`), false),
		assigns("a year before 0", every.At, computedBy[time.Time](`'-001-02-20 03:04:05'`), false),
		assigns("a number for a time", every.At, computedBy[time.Time](`2460000.5`), false),
		assigns("a time", every.At, computedBy[time.Time](`datetime('2026-01-31', '+1 day')`), true),
		assigns("a time with a fraction", every.Form, computedBy[drey.TextTime](`'2026-01-02 03:04:05.05'`), true),
		assigns("a date", every.Date, dateBy(`date('2026-02-03', '+1 month')`), true),
		assigns("a time for a date", every.Date, dateBy(`datetime('2026-02-03')`), false),
		assigns("the year 10000 in seconds", every.Unix, computedBy[drey.UnixTime](`253402300800`), false),
		assigns("the year 9999 in seconds", every.Unix, computedBy[drey.UnixTime](`253402300799`), true),
		assigns("the year 10000 in milliseconds", every.Milli, drey.Nullable(computedBy[drey.UnixMilli](`253402300800000`)), false),
		assigns("NULL", every.Milli, drey.Nullable(computedBy[drey.UnixMilli](`NULL`)), true),
	} {
		t.Run(test.name, func(t *testing.T) {
			again := row
			again.ID, again.Text = 2, "B"
			writes := map[string]written{
				"Update":   mutates(every.Update(test.set).EveryRow()),
				"OrUpdate": inserts(every.Insert().OrUpdate(every.PrimaryKey).Set(test.set), row),
				"Values":   inserts(every.Insert().Values(test.set), again),
				"query":    inserts(drey.InsertSelect(every.Insert(), &every.Query, test.from, drey.SetFrom(every.Text, drey.Concat(every.Text, every.Text)))),
			}
			for name, w := range writes {
				err := c.Tx(ctx, func(tx *drey.Tx) error {
					if _, err := w.run(ctx, tx); err != nil {
						return err
					}
					if _, err := every.Where().All(ctx, tx); err != nil {
						t.Errorf("%s: what was written cannot be read: %v", name, err)
					}
					return errRollback
				})
				if test.ok && !errors.Is(err, errRollback) || !test.ok && !errors.Is(err, drey.ErrOutOfRange) {
					text, args, _ := w.text()
					t.Errorf("%s: %v\n%s\n%v", name, err, text, args)
				}
			}
		})
	}
}

// assigning is an assignment, by each kind of write.
type assigning struct {
	name string
	set  drey.Assignment[inEverything]
	from drey.AssignmentFrom[inEverything, inEverything]
	ok   bool
}

func assigns[T, V any](name string, column drey.Target[inEverything, T, V], value drey.Handle[inEverything, T, V], ok bool) assigning {
	return assigning{name, drey.SetTo(column, value), drey.SetFrom(column, value), ok}
}

func computedBy[T any](text string) drey.Expression[inEverything, T, T] {
	return drey.NotNull(drey.Expr[T](&every.Query, text))
}

// dateBy is a date by SQL. That it is one is known by the column beside it.
func dateBy(text string) drey.Expression[inEverything, time.Time, sql.Null[time.Time]] {
	return drey.IfNull(drey.NullIf(every.Date, day0), drey.Expr[time.Time](&every.Query, text))
}

var day0 = time.Date(2026, 2, 3, 0, 0, 0, 0, time.UTC)
