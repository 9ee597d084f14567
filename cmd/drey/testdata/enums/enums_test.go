// Package enums uses columns whose CHECK lists their values.
package enums

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"path/filepath"
	"reflect"
	"testing"

	"example.com/enums/db"
	"example.com/enums/named"
	drey "example.com/runtime"
)

// The types, at compile time.
var (
	_ db.InvoiceStatus    = db.Invoice{}.Status
	_ *db.InvoiceReason   = db.Invoice{}.Reason
	_ db.Payment          = db.Invoice{}.PaidBy
	_ db.InvoiceKindEnum  = db.Invoice{}.Kind
	_ int64               = db.Invoice{}.Priority
	_ *db.CustomerTier    = db.Customer{}.Tier
	_ db.OrderStatusEnum  = db.Order{}.Status
	_ db.InvoiceStatus    = db.OpenInvoice{}.Status
	_ *db.InvoiceStatus   = db.CreateInvoiceParams{}.Status
	_ *db.InvoiceStatus   = db.UpdateInvoiceParams{}.Status
	_ *db.InvoiceStatus   = db.CustomersWithInvoicesRow{}.Status
	_ db.InvoiceStatus    = db.ByStatusRow{}.Status
	_ []db.InvoiceStatus  = func() []db.InvoiceStatus { return db.AllInvoiceStatusValues() }()
	_                     = db.Invoices.Status.HasPrefix
	_                     = db.Invoices.Reason.IsNull
	_                     = db.ByStatus.Status.In(db.InvoiceStatusDraft)
	_                     = db.CustomersWithInvoices.Status.IsNull
	_ named.InvoiceStatus = named.Invoice{}.Status
)

func open(t *testing.T) *db.Client {
	t.Helper()
	path := filepath.Join(t.TempDir(), "enums.db")
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

// TestConstants: every value that the schema allows has a constant, and is stored
// and read as such.
func TestConstants(t *testing.T) {
	want := []db.InvoiceReason{
		db.InvoiceReasonLate, db.InvoiceReason_in_002D_progress, db.InvoiceReason_in_005F_progress, db.InvoiceReasonEmpty,
		db.InvoiceReasonÄ, db.InvoiceReason2fa, db.InvoiceReasonItS, db.InvoiceReason__0021_,
	}
	if got := db.AllInvoiceReasonValues(); !reflect.DeepEqual(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if got := fmt.Sprint(db.AllOrderStatusEnumValues()); got != "[new done void]" {
		t.Error(got)
	}
	c := open(t)
	for _, reason := range want {
		in, err := c.CreateInvoice(t.Context(), db.CreateInvoiceParams{Reason: &reason, PaidBy: "cash"})
		if err != nil || *in.Reason != reason || in.Status != db.InvoiceStatusDraft || in.Kind != "a" {
			t.Errorf("%q: %+v, %v", reason, in, err)
		}
	}
	other := db.InvoiceReason("other")
	if _, err := c.CreateInvoice(t.Context(), db.CreateInvoiceParams{Reason: &other, PaidBy: "cash"}); drey.FailureOf(err) != drey.CheckViolation {
		t.Errorf("a value that the schema does not allow: %v", err)
	}
	if other.Valid() || !db.InvoiceReasonEmpty.Valid() {
		t.Error("Valid")
	}
}

func TestBothHalves(t *testing.T) {
	c := open(t)
	customer, err := c.CreateCustomer(t.Context(), db.CreateCustomerParams{Name: "a"})
	if err != nil || customer.Tier != nil {
		t.Fatal(customer, err)
	}
	with, err := c.CustomersWithInvoices(t.Context())
	if err != nil || len(with) != 1 || with[0].Status != nil {
		t.Error(with, err)
	}
	if _, err := db.Invoices.Insert(db.Invoices.Status, db.Invoices.PaidBy).Exec(t.Context(), c,
		db.Invoice{Status: db.InvoiceStatusSent, PaidBy: "card"}, db.Invoice{Status: db.InvoiceStatusDraft, PaidBy: "cash"}); err != nil {
		t.Fatal(err)
	}
	if n, err := db.Invoices.Update(db.Invoices.Reason.Set(db.InvoiceReasonLate)).Where(db.Invoices.Status.Eq(db.InvoiceStatusSent)).Exec(t.Context(), c); err != nil || n != 1 {
		t.Error(n, err)
	}
	late := db.InvoiceReasonLate
	if rows, err := c.InvoicesOf(t.Context(), db.InvoicesOfParams{Status: db.InvoiceStatusSent, Reason: &late}); err != nil || len(rows) != 1 {
		t.Error(rows, err)
	}
	if rows, err := c.InvoicesIn(t.Context(), db.AllInvoiceStatusValues()); err != nil || len(rows) != 2 {
		t.Error(rows, err)
	}
	if by, err := drey.CountBy(db.Invoices.Where(db.Invoices.Status.Eq(db.InvoiceStatusSent)), db.Invoices.Status).One(t.Context(), c); err != nil || by.Count != 1 {
		t.Error(by, err)
	}
	if rows, err := db.OpenInvoices.Where(db.OpenInvoices.Status.Like("d%")).All(t.Context(), c); err != nil || len(rows) != 1 {
		t.Error(rows, err)
	}
	if max, err := drey.Aggregate(t.Context(), c, db.Invoices.Where(), drey.Max(db.Invoices.Status)); err != nil || max.V != db.InvoiceStatusSent {
		t.Error(max, err)
	}
}

// TestFilters: an unknown value is the caller's fault.
func TestFilters(t *testing.T) {
	c := open(t)
	if _, err := c.CreateInvoice(t.Context(), db.CreateInvoiceParams{PaidBy: "cash"}); err != nil {
		t.Fatal(err)
	}
	allowed := drey.NewFilters(db.Invoices.Status, db.Invoices.Reason)
	for query, want := range map[string]int{"status=eq.draft": 1, "status=in.(draft,sent)": 1, "status=like.dr*": 1, "status=neq.draft": 0, "reason=is.null": 1, "reason=eq.": 0} {
		values, _ := url.ParseQuery(query)
		page, err := drey.PageFiltered(t.Context(), c, db.Invoices.Where(), allowed.Paged(), values)
		if err != nil || len(page.Rows) != want {
			t.Errorf("%s: %v, %v", query, page, err)
		}
	}
	for _, query := range []string{"status=eq.nosuch", "status=in.(draft,nosuch)", "reason=eq.nosuch", "or=(status.eq.nosuch)"} {
		values, _ := url.ParseQuery(query)
		var wrong drey.FilterErrors
		if _, err := drey.ApplyFilters(db.Invoices.Where(), allowed, values); !errors.As(err, &wrong) {
			t.Errorf("%s: %v", query, err)
		}
	}
}

func TestJSON(t *testing.T) {
	late := db.InvoiceReasonLate
	text, err := json.Marshal(db.Invoice{Status: db.InvoiceStatusSent, Reason: &late})
	if err != nil {
		t.Fatal(err)
	}
	var back struct {
		Status db.InvoiceStatus
		Reason *db.InvoiceReason
	}
	if err := json.Unmarshal(text, &back); err != nil || back.Status != db.InvoiceStatusSent || *back.Reason != late {
		t.Errorf("%s: %+v, %v", text, back, err)
	}
	if err := json.Unmarshal([]byte(`{"status": "nosuch"}`), &back); err == nil {
		t.Error("JSON with a value that the schema does not allow was taken")
	}
}
