package studio

import (
	"net/http/httptest"
	"testing"

	"github.com/dreysql/drey/internal/proof/cluster"
	"github.com/dreysql/drey/internal/runtime/rqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// A cluster's rows are shown like those of a file.
func TestCluster(t *testing.T) {
	nodes := cluster.Start(t, 1)
	c, err := rqlite.Dial(t.Context(), nodes.URLs(), rqlite.Options{Level: rqlite.Linearizable})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range sqltext.Split(shop) {
		if _, err := c.Batch(t.Context(), []rqlite.Statement{{SQL: s.Text}}); err != nil {
			t.Fatal(err)
		}
	}
	server := httptest.NewUnstartedServer(nil)
	s := New(OpenCluster("cluster", c.Client()), server.Listener.Addr().String(), Options{})
	server.Config.Handler = s
	server.Start()
	t.Cleanup(func() {
		server.Close()
		if err := s.Close(); err != nil {
			t.Error(err)
		}
	})
	w := newVisitor(t, s, "")
	w.has("/", "customers", "orders", "rich")
	w.has("/rows/orders?customer_id=eq.1&order=total.desc&limit=25", "60 rows", "note 120", "Next", "2026-01-01 00:00:00")
	w.has("/rows/rich", "54 rows")
	w.has("/row/customers?id=eq.1", "Ada", "60 rows")
	w.has("/rows/customers?name=like.*script*", "&lt;script&gt;")
	w.has("/table/orders", "orders_customer")
	w.has("/schema", "customers")
	if m := next.FindStringSubmatch(w.page("/rows/orders?limit=100")); m == nil {
		t.Error("there is no next page")
	}
}
