package types

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	drey "example.com/runtime"
	"example.com/types/db"
	"example.com/types/mytypes"
	"example.com/types/nullonly"
)

func open(t *testing.T) *db.Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "types.db")
	if _, err := db.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := db.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

// given are values for the fields of Params, each another one than the default.
var given = map[string]any{
	"ID": int64(77), "Status": mytypes.Sent, "Cents": mytypes.Cents(250), "MaybeCents": mytypes.Cents(6), "BareNote": mytypes.Note("note"), "Note": "n",
	"Tags": mytypes.Tags{"x", "y"}, "MaybeTags": mytypes.Tags{"z"}, "Doc": db.JSON(`{"a":1}`), "At": drey.Unix(time.Unix(2000, 0)),
	"Uid": uuid.UUID{1}, "MaybeUid": uuid.NullUUID{UUID: uuid.UUID{2}, Valid: true}, "Took": time.Second, "Raw": db.Raw("other"),
	"Data": []byte{9}, "MaybeData": []byte{8}, "Moment": time.Date(2027, 1, 2, 3, 4, 5, 0, time.UTC), "Flag": mytypes.Flag(false), "Level": mytypes.Level(2), "Ref": mytypes.Ref{N: 8}, "Must": db.JSON(`[]`), "N": int64(4), "F": 2.5,
	"Whatever": "v", "Code": "code 2",
}

// nullable are the fields of a row that may be NULL.
var nullable = []string{"MaybeCents", "BareNote", "Note", "MaybeTags", "Doc", "MaybeUid", "MaybeData", "N", "Whatever"}

// put puts a value into a field that may be a pointer or one of sql's types.
func put(field reflect.Value, v any) {
	value := reflect.ValueOf(v)
	switch {
	case value.Type().AssignableTo(field.Type()):
		field.Set(value)
	case field.Kind() == reflect.Pointer:
		field.Set(reflect.New(field.Type().Elem()))
		field.Elem().Set(value)
	default:
		if err := field.Addr().Interface().(sql.Scanner).Scan(v); err != nil {
			panic(fmt.Sprintf("%s for %T", field.Type(), v))
		}
	}
}

// same compares the field of a row with a value.
func same(field reflect.Value, v any) bool {
	if field.Kind() == reflect.Pointer && !field.IsNil() {
		field = field.Elem()
	}
	if t, ok := field.Interface().(time.Time); ok {
		return t.Equal(v.(time.Time))
	}
	want := reflect.New(field.Type()).Elem()
	put(want, v)
	return reflect.DeepEqual(field.Interface(), want.Interface())
}

// operations are the generated queries that take optional columns, by what they
// need besides.
var operations = map[string]struct {
	run   func(*db.Client, reflect.Value) (db.Item, error)
	new   func() reflect.Value
	needs []string
}{
	"CreateItem": {call((*db.Queries).CreateItem), params[db.CreateItemParams], []string{"Code"}},
	"UpdateItem": {call((*db.Queries).UpdateItem), params[db.UpdateItemParams], []string{"ID"}},
	"UpsertItem": {call((*db.Queries).UpsertItem), params[db.UpsertItemParams], []string{"ID", "Code"}},
}

func params[P any]() reflect.Value { return reflect.ValueOf(new(P)).Elem() }

func call[P any](method func(*db.Queries, context.Context, P) (db.Item, error)) func(*db.Client, reflect.Value) (db.Item, error) {
	return func(c *db.Client, p reflect.Value) (item db.Item, err error) {
		err = c.Tx(context.Background(), func(tx *db.Tx) error {
			item, err = method(&tx.Queries, context.Background(), p.Interface().(P))
			return err
		})
		return item, err
	}
}

// TestNothingIgnored: each field of each Params, given alone, is in the row, and
// what is not given is as it was or has its default.
func TestNothingIgnored(t *testing.T) {
	for name, op := range operations {
		fields := op.new()
		for i := range fields.NumField() {
			field := fields.Type().Field(i).Name
			value, ok := given[field]
			if !ok {
				if flag, isFlag := strings.CutPrefix(field, "Set"); isFlag && slices.Contains(nullable, flag) {
					continue
				}
				t.Fatalf("%s.%s: no value", name, field)
			}
			t.Run(name+"."+field, func(t *testing.T) {
				c := open(t)
				base, err := c.CreateItem(t.Context(), db.CreateItemParams{Code: "code"})
				if err != nil {
					t.Fatal(err)
				}
				p := op.new()
				for _, need := range op.needs {
					put(p.FieldByName(need), map[string]any{"ID": base.ID, "Code": "code 1"}[need])
				}
				if field != "ID" || name == "CreateItem" {
					put(p.Field(i), value)
				} else {
					value = base.ID
				}
				item, err := op.run(c, p)
				if err != nil {
					t.Fatal(err)
				}
				row, was := reflect.ValueOf(item), reflect.ValueOf(base)
				for _, other := range reflect.VisibleFields(row.Type()) {
					switch got := row.FieldByIndex(other.Index); {
					case other.Name == field:
						if !same(got, value) {
							t.Errorf("%s is %v, want %v", field, got.Interface(), value)
						}
					case !slices.Contains([]string{"ID", "Code"}, other.Name):
						if !reflect.DeepEqual(got.Interface(), was.FieldByIndex(other.Index).Interface()) {
							t.Errorf("%s is %v, was %v", other.Name, got.Interface(), was.FieldByIndex(other.Index).Interface())
						}
					}
				}
			})
		}
	}
}

// TestNull: Set and no value is NULL, and nothing else is. BareNote cannot be
// read then, as its override says.
func TestNull(t *testing.T) {
	for name, op := range operations {
		for _, field := range nullable {
			c := open(t)
			base, err := c.CreateItem(t.Context(), db.CreateItemParams{Code: "code"})
			if err != nil {
				t.Fatal(err)
			}
			p := op.new()
			flag := p.FieldByName("Set" + field)
			if !flag.IsValid() {
				if name == "UpdateItem" || field != "Note" { // which has no default
					t.Errorf("%s has no Set%s", name, field)
				}
				continue
			}
			flag.SetBool(true)
			for _, need := range op.needs {
				put(p.FieldByName(need), map[string]any{"ID": base.ID, "Code": "code 1"}[need])
			}
			item, err := op.run(c, p)
			if field == "BareNote" {
				if err == nil {
					t.Errorf("%s: NULL was read into %T", name, item.BareNote)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			got := reflect.ValueOf(item).FieldByName(field)
			if null := got.Interface(); !got.IsZero() || reflect.DeepEqual(null, reflect.ValueOf(base).FieldByName(field).Interface()) && field != "Note" {
				t.Errorf("%s: %s is %v, want NULL", name, field, null)
			}
		}
	}
}

// TestZero: a zero value that is given is stored.
func TestZero(t *testing.T) {
	c := open(t)
	item, err := c.CreateItem(t.Context(), db.CreateItemParams{
		Code: "zeros", Status: new(mytypes.Status), Cents: new(mytypes.Cents), BareNote: new(mytypes.Note), At: new(drey.Unix(time.Unix(0, 0))),
		Uid: new(uuid.UUID), Took: new(time.Duration), Raw: new(db.Raw), Data: []byte{}, F: sql.NullFloat64{Valid: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	if item.Status != "" || item.Cents != 0 || item.BareNote != "" || item.At.Unix() != 0 || item.Uid != (uuid.UUID{}) || item.Took != 0 || item.Raw != "" || len(item.Data) != 0 || item.F != 0 {
		t.Errorf("%+v", item)
	}
}

// TestSingle: a parameter that stands alone.
func TestSingle(t *testing.T) {
	c := open(t)
	left, err := c.CreateMark(t.Context(), nil)
	if err != nil || left.Status != mytypes.Draft {
		t.Errorf("%+v, %v", left, err)
	}
	sent := mytypes.Sent
	for _, create := range []func() (db.Mark, error){
		func() (db.Mark, error) { return c.CreateMark(t.Context(), &sent) },
		func() (db.Mark, error) { return db.Querier(c).CreateMark(t.Context(), &sent) },
		func() (db.Mark, error) {
			return c.CreateMarkWithID(t.Context(), db.CreateMarkWithIDParams{ID: 40, Status: &sent})
		},
	} {
		mark, err := create()
		if err != nil || mark.Status != mytypes.Sent {
			t.Errorf("%+v, %v", mark, err)
		}
	}
	if next, err := c.CreateMark(t.Context(), nil); err != nil || next.ID != 41 {
		t.Errorf("%+v, %v", next, err)
	}
}

// TestStock: a key that refers to another row is given.
func TestStock(t *testing.T) {
	c := open(t)
	item, err := c.CreateItem(t.Context(), db.CreateItemParams{ID: sql.NullInt64{Int64: 9, Valid: true}, Code: "nine"})
	if err != nil || item.ID != 9 {
		t.Fatal(item, err)
	}
	stock, err := c.CreateStock(t.Context(), db.CreateStockParams{ItemID: item.ID, Count: sql.NullInt64{Int64: 3, Valid: true}})
	if err != nil || stock != (db.Stock{ItemID: 9, Count: 3}) {
		t.Errorf("%+v, %v", stock, err)
	}
	if _, err := c.CreateStock(t.Context(), db.CreateStockParams{ItemID: 10}); drey.FailureOf(err) != drey.ForeignKeyViolation {
		t.Errorf("a row that refers to nothing: %v", err)
	}
	if _, err := c.CreateItem(t.Context(), db.CreateItemParams{ID: sql.NullInt64{Int64: 9, Valid: true}, Code: "again"}); err == nil {
		t.Error("a key can be used twice")
	}
}

// TestNullOnly: an override for nullable columns alone leaves the parameters of
// others their own type.
func TestNullOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "types.db")
	if _, err := nullonly.Migrate(t.Context(), path); err != nil {
		t.Fatal(err)
	}
	c, err := nullonly.Open(t.Context(), path)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	item, err := c.CreateItem(t.Context(), nullonly.CreateItemParams{Code: "a", Status: new("sent"), BareNote: new(mytypes.Note("b"))})
	if err != nil || item.Status != "sent" || *item.BareNote != "b" {
		t.Fatalf("%+v, %v", item, err)
	}
	if item, err = c.UpdateItem(t.Context(), nullonly.UpdateItemParams{ID: item.ID, Code: new("c"), SetBareNote: true}); err != nil || item.Code != "c" || item.BareNote != nil {
		t.Errorf("%+v, %v", item, err)
	}
	// parameters without a struct: the key is not among them
	if event, err := c.CreateEvent(t.Context(), "a", nil, nil); err != nil || event.At.Unix() != 5 || event.Name != "none" {
		t.Errorf("%+v, %v", event, err)
	}
	if event, err := c.CreateEvent(t.Context(), "b", new(drey.Unix(time.Unix(7, 0))), new("x")); err != nil || event.At.Unix() != 7 || event.Name != "x" {
		t.Errorf("%+v, %v", event, err)
	}
	if event, err := c.CreateEventWithID(t.Context(), 50, "c", nil, nil); err != nil || event.ID != 50 {
		t.Errorf("%+v, %v", event, err)
	}
	if _, err := c.UpdateItem(t.Context(), nullonly.UpdateItemParams{ID: 99}); !errors.Is(err, sql.ErrNoRows) {
		t.Errorf("no row: %v", err)
	}
}

// TestNargs: a sqlc.narg of one's own can be NULL.
func TestNargs(t *testing.T) {
	c := open(t)
	first, err := c.UpsertItemByCode(t.Context(), db.UpsertItemByCodeParams{Code: "a"})
	if err != nil || first.At.Unix() != 1000 || first.Status != mytypes.Draft {
		t.Fatal(first, err)
	}
	sent := mytypes.Sent
	second, err := c.UpsertItemByCode(t.Context(), db.UpsertItemByCodeParams{Code: "a", Status: &sent})
	if err != nil || second.At.Unix() != 1000 || second.Status != sent {
		t.Error(second, err)
	}
	for want, p := range map[int]db.ItemsSinceParams{
		1: {}, 0: {Since: new(drey.Unix(time.Unix(2000, 0)))},
	} {
		if rows, err := c.ItemsSince(t.Context(), p); err != nil || len(rows) != want {
			t.Errorf("%+v: %v, %v", p, rows, err)
		}
	}
	if rows, err := db.ItemsSince.With(db.ItemsSinceParams{Uid: &uuid.UUID{9}}).All(t.Context(), c); err != nil || len(rows) != 0 {
		t.Error(rows, err)
	}
}
