package drey_test

import (
	"strings"
	"testing"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

// The plan is that of the statement that runs, in a transaction as well.
func TestExplain(t *testing.T) {
	c := openFixture(t, 12)
	q := links.Where(links.UserID.Eq(3), links.Slug.In("a", "b"), drey.Exists(links.Where(), drey.On(links.UserID, links.Clicks))).OrderBy(links.Clicks.Asc()).Limit(3)
	want := []string{
		"SEARCH links USING INDEX sqlite_autoindex_links_1 (slug=?)",
		"CORRELATED SCALAR SUBQUERY 2",
		"  SEARCH links USING COVERING INDEX links_user (user_id=?)",
		"USE TEMP B-TREE FOR ORDER BY",
	}
	on := func(where string, conn drey.Conn) {
		t.Helper()
		got, err := drey.Explain(t.Context(), conn, q)
		if diff := cmp.Diff(want, got); diff != "" || err != nil {
			t.Errorf("%s: %v (-want +got):\n%s", where, err, diff)
		}
	}
	on("client", c)
	on("again", c)
	if err := c.Tx(t.Context(), func(tx *drey.Tx) error { on("transaction", tx); return nil }); err != nil {
		t.Error(err)
	}
	if _, err := drey.Explain(t.Context(), c, links.Limit(-1)); err == nil || !strings.Contains(err.Error(), "negative") {
		t.Error("a negative limit:", err)
	}
	var none drey.Query[inLinks, link]
	if _, err := drey.Explain(t.Context(), c, &none); err == nil {
		t.Error("a query of no source has a plan")
	}
}
