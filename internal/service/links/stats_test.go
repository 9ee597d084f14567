package links_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/google/go-cmp/cmp"
)

var now = time.Now()

// click records a click of some days ago.
func (s *service) click(link int64, daysAgo int, country, referrer, visitor string) {
	s.Helper()
	p := db.CreateClickParams{LinkID: link, ClickedAt: new(drey.Unix(now.AddDate(0, 0, -daysAgo)))}
	if country != "" {
		p.Country = &country
	}
	if referrer != "" {
		p.Referrer = &referrer
	}
	if visitor != "" {
		p.Visitor = []byte(visitor)
	}
	ms := float64(daysAgo)
	p.LatencyMS = &ms
	if _, err := s.db.CreateClick(s.Context(), p); err != nil {
		s.Fatal(err)
	}
}

const ada, eve = "visitor ada ....", "visitor eve ...."

func TestStats(t *testing.T) {
	s := newService(t)
	id := s.create(`{"url": "https://example.com", "slug": "abc", "title": "A"}`)
	other := s.create(`{"url": "https://example.com", "slug": "other"}`)
	s.click(id, 1, "DE", "a.example", ada)
	s.click(id, 1, "DE", "", eve)
	s.click(id, 3, "FR", "a.example", ada)
	s.click(id, 40, "US", "b.example", ada)
	s.click(other, 1, "IT", "c.example", eve)

	type count struct {
		Day, Country, Referrer string
		Clicks                 int64
	}
	var out struct {
		ID               int64
		Title            *string
		Clicks, Visitors int64
		MeanLatencyMS    float64 `json:"mean_latency_ms"`
		Days             []count `json:"by_day"`
		Countries        []count `json:"by_country"`
		Referrers        []count `json:"by_referrer"`
	}
	day := func(ago int) string { return now.UTC().AddDate(0, 0, -ago).Format(time.DateOnly) }
	s.want(http.StatusOK, s.do("GET", "/api/links/abc/stats", ""), &out)
	if out.ID != id || *out.Title != "A" || out.Clicks != 3 || out.Visitors != 2 || out.MeanLatencyMS != 5./3 {
		t.Errorf("%+v", out)
	}
	for what, diff := range map[string]string{
		"days":      cmp.Diff([]count{{Day: day(3), Clicks: 1}, {Day: day(1), Clicks: 2}}, out.Days),
		"countries": cmp.Diff([]count{{Country: "DE", Clicks: 2}, {Country: "FR", Clicks: 1}}, out.Countries),
		"referrers": cmp.Diff([]count{{Referrer: "a.example", Clicks: 2}, {Referrer: "", Clicks: 1}}, out.Referrers),
	} {
		if diff != "" {
			t.Errorf("%s:\n%s", what, diff)
		}
	}

	s.want(http.StatusOK, s.do("GET", "/api/links/abc/stats?days=60", ""), &out)
	if out.Clicks != 4 || len(out.Countries) != 3 {
		t.Errorf("60 days: %+v", out)
	}
	// The filters are below the counts.
	s.want(http.StatusOK, s.do("GET", "/api/links/abc/stats?country=eq.DE&referrer=is.null", ""), &out)
	if out.Clicks != 1 || out.Visitors != 1 || len(out.Days) != 1 || len(out.Referrers) != 1 || out.Referrers[0].Referrer != "" {
		t.Errorf("filtered: %+v", out)
	}
	s.want(http.StatusOK, s.do("GET", "/api/links/abc/stats?or=(latency_ms.lt.2,country.in.(FR))&days=60", ""), &out)
	if out.Clicks != 3 || out.MeanLatencyMS != 5./3 {
		t.Errorf("filtered by either: %+v", out)
	}
	s.want(http.StatusBadRequest, s.do("GET", "/api/links/abc/stats?visitor=eq.1", ""), &struct{}{})
	s.want(http.StatusBadRequest, s.do("GET", "/api/links/abc/stats?country=eq.DE&order=country", ""), &struct{}{})
	s.create(`{"url": "https://example.com", "slug": "new"}`)
	s.want(http.StatusOK, s.do("GET", "/api/links/new/stats", ""), &out)
	if out.Clicks != 0 || out.Visitors != 0 || len(out.Days) != 0 {
		t.Errorf("nobody clicked, but %+v", out)
	}

	s.want(http.StatusNotFound, s.do("GET", "/api/links/unknown/stats", ""), &struct{}{})
	s.want(http.StatusUnprocessableEntity, s.do("GET", "/api/links/abc/stats?days=367", ""), &struct{}{})
	s.token, _ = s.register("eve@example.com")
	s.want(http.StatusNotFound, s.do("GET", "/api/links/abc/stats", ""), &struct{}{})
}

func TestTop(t *testing.T) {
	s := newService(t)
	mine := s.token
	s.token, _ = s.register("eve@example.com")
	for range 3 {
		s.click(s.create(`{"url": "https://example.com"}`), 1, "", "", "")
	}
	s.token = mine
	rising := s.create(`{"url": "https://example.com", "slug": "rising"}`)
	falling := s.create(`{"url": "https://example.com", "slug": "falling"}`)
	s.create(`{"url": "https://example.com", "slug": "silent"}`)
	for range 2 {
		s.click(rising, 1, "", "", "")
		s.click(falling, 9, "", "", "")
	}
	s.click(rising, 9, "", "", "")
	s.click(falling, 20, "", "", "")
	s.click(falling, 1, "", "", "")

	var out struct {
		Top []struct {
			Slug  string
			Place int64
		}
		Rising []db.TrendingRow
	}
	s.want(http.StatusOK, s.do("GET", "/api/top?days=14", ""), &out)
	places := map[string]int64{}
	for _, l := range out.Top {
		places[l.Slug] = l.Place
	}
	if diff := cmp.Diff(map[string]int64{"falling": 1, "rising": 2, "silent": 3}, places); diff != "" {
		t.Error(diff)
	}
	want := []db.TrendingRow{{ID: rising, Slug: "rising", UserID: s.user, BeforeMiddle: 1, AfterMiddle: 2, Gain: 1}}
	if diff := cmp.Diff(want, out.Rising); diff != "" {
		t.Error(diff)
	}

	// A place is one among the links with the tag, not one of all.
	tagged := s.create(`{"url": "https://example.com", "slug": "tagged", "tags": ["go"]}`)
	s.create(`{"url": "https://example.com", "slug": "last", "tags": ["go", "sql"]}`)
	s.click(tagged, 1, "", "", "")
	for query, want := range map[string]string{"go": "tagged 1 last 2 tagged", "sql": "last 1", "nosuch": ""} {
		s.want(http.StatusOK, s.do("GET", "/api/top?tag="+query, ""), &out)
		var got []string
		for _, l := range out.Top {
			got = append(got, l.Slug, fmt.Sprint(l.Place))
		}
		for _, l := range out.Rising {
			got = append(got, l.Slug)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("tag %s: %v, want %s", query, got, want)
		}
	}
	s.want(http.StatusUnprocessableEntity, s.do("GET", "/api/top?tag=a&tag=b", ""), &struct{}{})
}
