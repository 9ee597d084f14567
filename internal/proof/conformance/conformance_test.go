package conformance_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/conformance"
	"github.com/dreysql/drey/internal/proof/workerd"
	drey "github.com/dreysql/drey/internal/runtime"
)

// onD1 are what D1 refuses, and what it says then.
var onD1 = map[string]string{
	"2^53":                                "past 2^53",
	"Add past 2^53":                       drey.ErrOutOfRange.Error(),
	"the largest integer":                 "past 2^53",
	"the smallest integer":                "past 2^53",
	"an integer result past 2^53":         "Inexact",
	"an integer result past 2^53 as text": "Inexact",
	"infinity":                            "infinity cannot be bound",
	"text that is not UTF-8":              "not UTF-8",
	"a lone surrogate":                    "not UTF-8",
	"101 parameters":                      "more than 100 bound parameters",
	"Tx":                                  drey.ErrNoTransactions.Error(),
	"Snapshot":                            drey.ErrNoTransactions.Error(),
}

// TestEngines compares what every case comes to on the embedded engine and on
// D1 in workerd, with and without a session.
func TestEngines(t *testing.T) {
	want, worker, schema := embedded(t), workerd.Build(t, "./worker"), workerd.Schema(t)
	for _, path := range []string{"/", "/session"} {
		t.Run(path, func(t *testing.T) {
			compare(t, "D1", served(t, workerd.Serve(t, worker, schema...)+path), want, onD1)
		})
	}
}

func served(t *testing.T, url string) (got []conformance.Outcome) {
	t.Helper()
	res, err := http.Get(url)
	if err != nil {
		t.Fatal(err)
	}
	defer res.Body.Close()
	if err := json.NewDecoder(res.Body).Decode(&got); err != nil {
		t.Fatalf("%s: %v", res.Status, err)
	}
	return got
}

// compare compares what the cases came to on an engine with what they came to on the
// embedded one. differences are what the engine refuses.
func compare(t *testing.T, engine string, got, want []conformance.Outcome, differences map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%d outcomes, want %d", len(got), len(want))
	}
	for i, w := range want {
		g := got[i]
		if refusal, ok := differences[w.Name]; ok {
			if w.Error != "" || !strings.Contains(g.Error, refusal) {
				t.Errorf("%s: %s says %q, want %q; the embedded engine says %q", w.Name, engine, g.Error, refusal, w.Error)
			}
			continue
		}
		if (g.Error == "") != (w.Error == "") {
			t.Errorf("%s: %s says %q, the embedded engine %q", w.Name, engine, g.Error, w.Error)
		}
		g.Error, w.Error = "", ""
		g.Value, w.Value = withoutNow(g.Value), withoutNow(w.Value)
		if !reflect.DeepEqual(g, w) {
			t.Errorf("%s\n%8s: %.600v\nembedded: %.600v", w.Name, engine, g, w)
		}
	}
}

// fail are the cases that have to fail on the embedded engine, and what is said
// then. None of the others may.
var fail = map[string]string{
	"UpdateUser of none":            "no rows in result set",
	"GetUser of none":               "no rows in result set",
	"ResolveSlug of none":           "no rows in result set",
	"FollowLink of none":            "no rows in result set",
	"One of none":                   "no rows in result set",
	"no row":                        "no rows in result set",
	"One of many":                   drey.ErrManyRows.Error(),
	"NotIn of none":                 drey.ErrEmptyNotIn.Error(),
	"Or of none":                    drey.ErrEmptyOr.Error(),
	"Update without Where":          drey.ErrNoPredicate.Error(),
	"Page of a wrong cursor":        drey.ErrCursor.Error(),
	"ApplyFilters of nonsense":      `"1e400" is no value of column id`,
	"a text that is no time: wrong": `"noon" is no time`,
	"NaN":                           "NaN cannot be bound",
	"NaN in a predicate":            "NaN cannot be bound",
	"NaN in a write":                "NaN cannot be bound",
	"a NUL in a pattern":            drey.ErrPattern.Error(),
	"a NUL in a filter":             drey.ErrPattern.Error(),
	"too few arguments":             "missing argument with index 2",
	"a context that has ended":      context.Canceled.Error(),
	"Insert that fails":             "UNIQUE constraint failed: users.email",
	"Batch that fails":              "statement 2 of the batch: constraint failed: UNIQUE constraint failed: tags.name",
	"a unique key":                  "UNIQUE constraint failed: users.email",
	"a primary key":                 "UNIQUE constraint failed: users.id",
	"a primary key of two columns":  "UNIQUE constraint failed: link_tags.link_id, link_tags.tag_id",
	"ON DELETE RESTRICT":            "FOREIGN KEY constraint failed",
	"a trigger that stops":          "it's too many",
	"a trigger that stops a batch":  "it's too many",
	"ON UPDATE RESTRICT":            "FOREIGN KEY constraint failed",
	"a foreign key":                 "FOREIGN KEY constraint failed",
	"a CHECK":                       "CHECK constraint failed: url",
	"NOT NULL":                      "NOT NULL constraint failed: users.email",
	"a type of a STRICT table":      "cannot store TEXT value in INTEGER column users.created_at",
	"no such table":                 "no such table: nowhere",
	"no such column":                "no such column: nowhere.missing",
	"bad syntax":                    "syntax error",
}

// gives is what some of the others come to, where to be equal on two engines is not enough.
var gives = map[string]string{
	"hostile texts":              `[]`,
	"soft delete":                `[1,0,1,[9001,9002],true,2]`,
	"versions":                   `[1,true,0,true,"kept-1",3,true]`,
	"the end of what is kept up": `2`,
}

func TestEmbedded(t *testing.T) {
	seen := 0
	for _, o := range embedded(t) {
		want, fails := fail[o.Name]
		if fails {
			seen++
		}
		if want := gives[o.Name]; want != "" && o.Value != want {
			t.Errorf("%s: %s, want %s", o.Name, o.Value, want)
		}
		if fails != (o.Error != "") || !strings.Contains(o.Error, want) {
			t.Errorf("%s: %q, want %q", o.Name, o.Error, want)
		}
	}
	if seen != len(fail) {
		t.Errorf("%d cases fail, %d are named", seen, len(fail))
	}
}

// TestEveryQuery has a case for each of sqlc's methods.
func TestEveryQuery(t *testing.T) {
	names := map[string]bool{}
	for _, k := range conformance.Cases {
		names[k.Name] = true
	}
	methods := reflect.TypeFor[*db.Queries]()
	for i := range methods.NumMethod() {
		if name := methods.Method(i).Name; !names[name] && name != "WithTx" {
			t.Errorf("no case calls %s", name)
		}
	}
}

func embedded(t *testing.T) []conformance.Outcome {
	t.Helper()
	c, err := db.Open(t.Context(), ":memory:")
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	return conformance.Run(t.Context(), c)
}

var times = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// withoutNow takes away the times that the database's clock gave.
func withoutNow(s string) string {
	return times.ReplaceAllStringFunc(s, func(text string) string {
		if at, err := time.Parse(time.RFC3339, text); err == nil && time.Since(at).Abs() < time.Hour {
			return "now"
		}
		return text
	})
}

// TestPage: docs/edge.md says how many calls there are.
func TestPage(t *testing.T) {
	page, err := os.ReadFile("../../../docs/edge.md")
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%d calls, every sqlc method and every operator among them", len(conformance.Cases)); !strings.Contains(string(page), want) {
		t.Errorf("docs/edge.md does not say %q", want)
	}
}
