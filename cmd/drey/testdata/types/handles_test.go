package types

import (
	"bytes"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	drey "example.com/runtime"
	"example.com/types/db"
	"example.com/types/mytypes"
)

// The handles of named types, at compile time.
var (
	_ = db.Items.Status.HasPrefix
	_ = db.Items.BareNote.Contains
	_ = db.Items.Raw.Like
	_ = db.Items.Cents.Add
	_ = db.Items.MaybeCents.Add
	_ = db.Items.Took.Add
	_ = db.ItemsOf.Status.HasPrefix
	_ = db.ItemsOf.Cents.Add
	_ = db.Items.Level.Gt
)

// A type that stores itself as text is not a number to SQLite.
var _ = func() bool {
	if _, ok := any(db.Items.Level).(*drey.NumberColumn[db.ItemsSource, mytypes.Level]); ok {
		panic("a level is no number")
	}
	return true
}()

func fill(t *testing.T) *db.Client {
	c := open(t)
	for i, status := range []mytypes.Status{mytypes.Draft, mytypes.Sent, "100%"} {
		p := db.CreateItemParams{
			Code: fmt.Sprint("code ", i), Status: &status, Cents: new(mytypes.Cents(100 * (i + 1))), MaybeCents: new(mytypes.Cents(i)),
			Uid: &uuid.UUID{byte(i)}, Took: new(time.Duration(i) * time.Second), Level: new(mytypes.Level(i)), Flag: new(mytypes.Flag(i == 1)),
			Raw: new(db.Raw("raw " + string(status))), Data: []byte{byte(i)}, At: new(drey.Unix(time.Unix(int64(i), 0))),
		}
		if _, err := c.CreateItem(t.Context(), p); err != nil {
			t.Fatal(err)
		}
	}
	return c
}

func codes(t *testing.T, c *db.Client, q *drey.Query[db.ItemsSource, db.Item]) string {
	t.Helper()
	list, err := drey.Pluck(t.Context(), c, q.OrderBy(db.Items.ID.Asc()), db.Items.ID)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Trim(fmt.Sprint(list), "[]")
}

func TestHandles(t *testing.T) {
	c := fill(t)
	for want, where := range map[string]drey.Predicate[db.ItemsSource]{
		"2":   db.Items.Status.Eq(mytypes.Sent),
		"1 2": db.Items.Status.In(mytypes.Draft, mytypes.Sent),
		"3":   db.Items.Status.Contains("%"),
		"1":   db.Items.Raw.HasSuffix("draft"),
		"2 3": db.Items.Cents.Gte(200),
		"1 3": db.Items.Level.NotEq(1),
	} {
		if got := codes(t, c, db.Items.Where(where)); got != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
	if _, err := db.Items.Update(db.Items.Cents.Add(5), db.Items.MaybeCents.Add(-1), db.Items.Took.Add(time.Second)).EveryRow().Exec(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	sum, err := drey.Aggregate(t.Context(), c, db.Items.Where(), drey.Sum(db.Items.Cents))
	if err != nil || sum != 615 {
		t.Error(sum, err)
	}
	took, err := drey.Aggregate(t.Context(), c, db.Items.Where(), drey.Max(db.Items.Took))
	if err != nil || took.V != 3*time.Second {
		t.Error(took, err)
	}
	mean, err := drey.Aggregate(t.Context(), c, db.Items.Where(), drey.Avg(db.Items.MaybeCents))
	if err != nil || mean.V != 0 {
		t.Error(mean, err)
	}
	by, err := drey.CountBy(db.Items.Where(), db.Items.Status).Where(drey.Key(db.Items.Status).Eq(mytypes.Sent)).One(t.Context(), c)
	if err != nil || by.Count != 1 {
		t.Error(by, err)
	}
	first, err := db.Items.OrderBy(db.Items.Status.Desc()).Page(t.Context(), c, "", 2)
	if err != nil {
		t.Fatal(err)
	}
	second, err := db.Items.OrderBy(db.Items.Status.Desc()).Page(t.Context(), c, first.Next, 2)
	if err != nil || len(second.Rows) != 1 || second.Rows[0].Status != "100%" {
		t.Error(second, err)
	}
	if _, err := db.Items.Update(db.Items.Whatever.Set([]byte{1})).EveryRow().Exec(t.Context(), c); err != nil {
		t.Fatal(err)
	}
	if by, err := drey.CountBy(db.Items.Where(), db.Items.Whatever).One(t.Context(), c); err != nil || !bytes.Equal(by.Value.V.([]byte), []byte{1}) {
		t.Error(by, err)
	}
}

// TestFilters: what NewFilters takes finds rows.
func TestFilters(t *testing.T) {
	c := fill(t)
	allowed := drey.NewFilters(db.Items.Status, db.Items.Cents, db.Items.MaybeCents, db.Items.BareNote, db.Items.Tags, db.Items.MaybeTags,
		db.Items.At, db.Items.Uid, db.Items.MaybeUid, db.Items.Took, db.Items.Raw, db.Items.Data, db.Items.Level, db.Items.Flag, db.Items.Moment,
		db.Items.Doc, db.Items.Whatever, db.Items.Ref)
	for query, want := range map[string]string{
		"status=eq.draft":                             "1",
		"status=neq.draft":                            "2 3",
		"status=in.(draft,sent)":                      "1 2",
		"status=like.*E*":                             "2",
		"status=gt.draft":                             "2",
		"cents=gte.200":                               "2 3",
		"maybe_cents=eq.2":                            "3",
		"maybe_cents=is.null":                         "",
		"bare_note=ilike.N*":                          "1 2 3",
		"tags=eq.a,b":                                 "1 2 3",
		"at=lt.1970-01-01T00:00:02Z":                  "1 2",
		"uid=eq.01000000-0000-0000-0000-000000000000": "2",
		"took=gte.1000000000":                         "2 3",
		"raw=like.raw s*":                             "2",
		"data=eq.02":                                  "3",
		"level=eq.high":                               "3",
		"flag=is.true":                                "2",
		"flag=eq.false":                               "1 3",
		"doc=not.is.null":                             "1 2 3",
		"whatever=is.null":                            "",
		"ref=eq.7":                                    "1 2 3",
		"or=(status.eq.sent,cents.eq.300)":            "2 3",
	} {
		values, err := url.ParseQuery(strings.ReplaceAll(query, " ", "+"))
		if err != nil {
			t.Fatal(err)
		}
		q, err := drey.ApplyFilters(db.Items.Where(), allowed, values)
		if err != nil {
			t.Errorf("%s: %v", query, err)
			continue
		}
		if got := codes(t, c, q); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
		page, err := drey.PageFiltered(t.Context(), c, db.Items.Where(), allowed.Paged(), values)
		if err != nil || len(page.Rows) != len(strings.Fields(want)) {
			t.Errorf("%s: %v, %v", query, page, err)
		}
	}
	for query, problem := range map[string]string{
		"cents=eq.x":     "invalid syntax",
		"level=eq.worst": "no level",
		"doc=eq.{}":      `"eq" is no operator of column doc; there are is`,
		"whatever=eq.w":  `"eq" is no operator of column whatever; there are is`,
	} {
		values, _ := url.ParseQuery(query)
		_, err := drey.ApplyFilters(db.Items.Where(), allowed, values)
		if wrong, ok := err.(drey.FilterErrors); !ok || !strings.Contains(wrong.Error(), problem) {
			t.Errorf("%s: %v", query, err)
		}
	}
	for _, column := range []drey.AnyColumn[db.ItemsSource]{db.Items.Must} {
		func() {
			defer func() {
				if said := fmt.Sprint(recover()); !strings.Contains(said, `"must" cannot be compared with a text`) {
					t.Errorf("a column that no filter can use: %s", said)
				}
			}()
			drey.NewFilters(column)
		}()
	}
	if !slices.Contains(strings.Fields(codes(t, c, db.Items.Where())), "3") {
		t.Error("no rows")
	}
}
