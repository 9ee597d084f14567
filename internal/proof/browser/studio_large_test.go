package browser

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/dreysql/drey/internal/studio"
)

// visits makes a table of so many rows, with one index.
func visits(t *testing.T, path string, rows int) {
	t.Helper()
	db := openDB(t, path)
	for _, statement := range []string{
		"PRAGMA journal_mode = OFF", "PRAGMA synchronous = OFF",
		"CREATE TABLE visits (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL, at INTEGER NOT NULL, path TEXT NOT NULL)",
		fmt.Sprintf(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %d)
			INSERT INTO visits SELECT i, i * 7919 %% 100003, 1700000000 + i, '/page/' || (i * 31 %% 1009) FROM n`, rows),
		"CREATE INDEX visits_user ON visits (user_id)",
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatal(err)
		}
	}
}

// timing is what the browser has measured of the page that it is at: bytes as they were sent,
// requests, and milliseconds to the first byte and until all is there.
type timing struct {
	Bytes, Requests, First, Whole float64
}

const measured = `(() => {
	const n = performance.getEntriesByType("navigation")[0], r = performance.getEntriesByType("resource");
	return {Bytes: n.transferSize + r.reduce((sum, e) => sum + e.transferSize, 0), Requests: 1 + r.filter(e => e.transferSize > 0).length, First: n.responseStart - n.requestStart, Whole: n.loadEventEnd - n.startTime};
})()`

// A table of ten million rows is as quick as a small one: its first page, a late one, a page
// by an index, the number of rows. What has to read all of it is stopped, and told.
func TestStudioLarge(t *testing.T) {
	rows := 10_000_000
	if testing.Short() {
		rows = 1_000_000
	}
	path := filepath.Join(t.TempDir(), "large.db")
	began := time.Now()
	visits(t, path, rows)
	t.Logf("%d rows are made in %s", rows, time.Since(began).Round(time.Second))
	b := newStudio(t, path, false, studio.Options{Limit: 2 * time.Second})
	for _, tt := range []struct {
		path, says string
		most       float64 // milliseconds to the first byte
	}{
		{"/", "visits", 2000},
		{"/rows/visits", fmt.Sprintf("10,000+ rows, about %d,000,000 by the last rowid", rows/1_000_000), 2000},
		{fmt.Sprintf("/rows/visits?id=gt.%d", rows-40), "40 rows", 2000},
		{"/rows/visits?order=id.desc", "10,000+ rows", 2000},
		{"/rows/visits?user_id=eq.77", " rows", 2000},
		{"/rows/visits?order=user_id,id.desc", "10,000+ rows", 2000},
		{"/row/visits?id=eq.77", "609763", 2000},
		{"/rows/visits?path=eq.nowhere&order=path.desc,user_id", "", 6000},
		{"/rows/visits?order=path,at.desc", "", 6000},
	} {
		if tt.path == "/row/visits?id=eq.77" {
			tt.says = fmt.Sprint(77 * 7919 % 100003)
		}
		b.open(tt.path)
		b.until(`document.body.innerText.includes("` + tt.says + `")`)
		m := eval[timing](b, measured)
		t.Logf("%-52s %4.0f ms to the first byte, %4.0f ms until all is there", tt.path, m.First, m.Whole)
		if m.First > tt.most {
			t.Errorf("%s took %.0f ms", tt.path, m.First)
		}
		if stopped := eval[bool](b, `document.body.innerText.includes("Stopped after 2s")`); stopped && tt.says != "" {
			t.Errorf("%s has been stopped", tt.path)
		} else if !stopped && tt.says == "" && m.First > 2000 {
			t.Errorf("%s has not been stopped", tt.path)
		}
	}
	// Pages in an order that has an index, and far from where they begin.
	b.open(fmt.Sprintf("/rows/visits?order=user_id&user_id=gte.%d&limit=100", 90_000))
	for range 5 {
		at := eval[string](b, "location.search")
		b.do(chromedp.Click("#next"))
		b.until(`document.readyState === "complete" && location.search !== "` + at + `"`)
		if m := eval[timing](b, measured); m.First > 2000 {
			t.Errorf("a later page took %.0f ms", m.First)
		}
	}
}

// TestStudioWeight measures a page of fifty rows of a million, without and with what the
// browser keeps.
func TestStudioWeight(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.db")
	visits(t, path, 1_000_000)
	b := newStudio(t, path, false, studio.Options{})
	call(b, network.ClearBrowserCache, chromedp.Void{})
	for _, name := range []string{"first", "second"} {
		b.open("/rows/visits")
		m := eval[timing](b, measured)
		t.Logf("%s: %.1f kB in %.0f requests, %.0f ms to the first byte, %.0f ms until all is there", name, m.Bytes/1000, m.Requests, m.First, m.Whole)
		if m.Bytes > 60_000 || m.Requests > 4 {
			t.Errorf("%s: the page is heavier than it was", name)
		}
	}
}
