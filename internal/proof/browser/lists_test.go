package browser

import (
	"fmt"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

const (
	total = `document.getElementById("total").textContent`
	where = `document.getElementById("where").textContent`
	sums  = `[...document.querySelectorAll("#sums > div")].map(e => e.children[0].textContent + " " + e.children[1].textContent).join()`
	title = `document.getElementById("detail").hidden ? "" : document.getElementById("detail-title").textContent`
)

func (b *tab) back() {
	b.Helper()
	b.run(`history.back()`)
}

// lists tests the list and the details of links, each test with no link at first.
// They share a user: few can register from one address.
func lists(s *service) {
	for _, tt := range []struct {
		name string
		test func(*service)
	}{
		{"address", address}, {"pages", pages}, {"ending", ending}, {"clicks", clicks}, {"tags", tags}, {"phone", phone},
	} {
		s.Run(tt.name, func(t *testing.T) {
			one := *s
			one.T = t
			tt.test(&one)
		})
		var page struct{ Links []struct{ Slug string } }
		s.call("GET", "/api/links?limit=100", nil, &page)
		for _, link := range page.Links {
			s.call("DELETE", "/api/links/"+link.Slug, nil, nil)
		}
	}
}

// address: the filters, the page, the open link and its days are in the address.
// A reload keeps them, and Back undoes one step.
func address(s *service) {
	for i := range 41 {
		s.create(fmt.Sprintf("link-%02d", i), map[string]any{})
	}
	last := s.slug + "link-00" // the oldest
	b := newTab(s.T, s.url)
	b.view(desktop)
	b.signIn(s.token)
	b.equal(focused+` + location.search`, "list-title")
	for _, page := range []string{"Page 2 of 3", "Page 3 of 3"} {
		b.do(chromedp.Focus("#next"))
		b.press(kb.Enter)
		b.equal(where, page)
		b.equal(focused, "list-title")
	}
	b.do(chromedp.Reload())
	b.equal(rows, last)
	b.equal(where, "Page 3 of 3")

	b.do(chromedp.Focus(".open"))
	b.press(kb.Enter)
	b.equal(focused, "detail-title")
	b.equal(`new URLSearchParams(location.search).get("link")`, last)
	b.do(chromedp.Focus("#days"))
	b.press("9")
	b.equal(sums, "Clicks in all 0,Clicks in 90 days 0,Visitors in 90 days 0")
	b.do(chromedp.Reload())
	b.equal(sums, "Clicks in all 0,Clicks in 90 days 0,Visitors in 90 days 0")
	b.equal(title, last)
	b.equal(where, "Page 3 of 3")
	b.equal(focused, "detail-title")

	b.back()
	b.equal(sums, "Clicks in all 0,Clicks in 30 days 0,Visitors in 30 days 0")
	b.back()
	b.equal(title, "")
	b.equal(`document.activeElement.dataset.slug`, last)
	b.back()
	b.equal(where, "Page 2 of 3")
	b.run(`history.forward()`)
	b.equal(rows, last)
	b.run(`history.forward()`)
	b.equal(title, last)
	b.do(chromedp.Focus("#detail-close"))
	b.press(kb.Enter)
	b.equal(title, "")
	b.equal(`new URLSearchParams(location.search).get("link")`, "null")
	b.back()
	b.equal(title, last)

	// What is typed into a field is one step, and the list begins anew.
	b.run(`location.href = "/"`)
	b.equal(where, "Page 1 of 3")
	b.shortcut("/")
	b.press("link")
	b.equal(`location.search`, "?q=link")
	b.press("-1")
	b.equal(total, "10")
	b.equal(`location.search`, "?q=link-1")
	b.do(chromedp.Focus("#order"))
	b.press("S") // slug
	b.until(rows + `.startsWith("` + s.slug + `link-10,")`)
	b.back()
	b.until(rows + `.startsWith("` + s.slug + `link-19,")`)
	b.equal(`document.getElementById("order").value`, "created_at.desc")
	b.back()
	b.equal(total+` + document.getElementById("q").value + location.search`, "41")

	// The other part of the page leads back to the same list.
	b.do(chromedp.Navigate(s.url + "/?order=slug&q=link-3&link=" + s.slug + "link-07"))
	b.equal(title, s.slug+"link-07") // is not in the list
	b.equal(total, "10")
	b.toTokens()
	b.back()
	b.equal(title, s.slug+"link-07")
	b.equal(focused, "detail-title")

	// So does signing in.
	b.run(`sessionStorage.clear()`)
	b.do(chromedp.Reload())
	b.until(door)
	b.equal(focused, "token")
	b.press(s.token, kb.Enter)
	b.equal(title, s.slug+"link-07")
	b.equal(total, "10")

	// An address that leads nowhere is the first page; nothing of it runs.
	for _, wrong := range []string{
		"?cursor=abc&page=7", "?page=9e99", "?order=secret&show=__proto__&days=-1", "?link=..", "?link=nothing&cursor=" + strings.Repeat("A", 3000),
		"?since=9999&link=" + url.QueryEscape(`"><img src=x onerror=alert(1)>`), "?order=" + url.QueryEscape("expires_at.nullslast") + "&cursor=x&since=1)",
	} {
		b.do(chromedp.Navigate(s.url + "/" + wrong))
		b.equal(where, "Page 1 of 3")
		b.equal(total, "41")
		b.until(`!/cursor=|link=/.test(location.search)`)
		b.equal(title, "")
	}
	b.do(chromedp.Focus("#leave"))
	b.press(kb.Enter)
	b.until(door)
	b.equal(focused+` + location.search + location.hash`, "token")
	b.clean()
}

// pages: where one is stays right if links come and go.
func pages(s *service) {
	for i := range 41 {
		s.create(fmt.Sprintf("link-%02d", i), map[string]any{})
	}
	b := newTab(s.T, s.url)
	b.view(desktop)
	b.signIn(s.token)
	turn := func(button, page string) {
		b.Helper()
		b.do(chromedp.Click(button))
		b.equal(where, page)
	}
	turn("#next", "Page 2 of 3")
	turn("#next", "Page 3 of 3")
	turn("#prev", "Page 2 of 3")
	s.create("newest", map[string]any{})
	turn("#prev", "Page 1 of 3")
	b.until(rows + `.startsWith("` + s.slug + `newest,")`) // the first page is the first
	b.equal(`document.getElementById("prev").disabled`, "true")
	turn("#next", "Page 2 of 3")
	turn("#next", "Page 3 of 3")
	for _, name := range []string{"link-00", "link-01"} {
		s.call("DELETE", "/api/links/"+s.slug+name, nil, nil)
	}
	b.do(chromedp.Reload()) // of a page that is not there any more
	b.equal(where, "Page 1 of 2")
	b.equal(`document.querySelectorAll("#rows li").length + location.search`, "20")
	b.clean()
}

// ending: the dates are shown by which the list is ordered, and what has ended
// does not end soon.
func ending(s *service) {
	end := time.Now().Add(3 * time.Second)
	s.create("ended", map[string]any{"expires_at": end.UTC().Format(time.RFC3339)})
	s.create("later", map[string]any{"expires_at": "2999-06-15T12:00:00Z"})
	s.create("sooner", map[string]any{"expires_at": "2998-06-15T12:00:00Z"})
	for i := range 21 {
		s.create(fmt.Sprintf("endless-%02d", i), map[string]any{})
	}
	time.Sleep(time.Until(end))
	b := newTab(s.T, s.url)
	b.view(desktop)
	b.signIn(s.token)
	dates := `[...document.querySelectorAll("#rows .date")].slice(0, 3).map(e => e.textContent.replace(/ \d+, /, " ").replace(/,? at|,/, "").split(" ").slice(0, 3).join(" ")).join()`
	made := "Made " + time.Now().Format("Jan 2006")
	b.equal(dates, strings.Join([]string{made, made, made}, ","))
	b.equal(total, "24")

	b.do(chromedp.Focus("#order"))
	b.press("E") // ending soon
	b.equal(total, "23")
	b.until(rows + `.startsWith("` + s.slug + `sooner,` + s.slug + `later,` + s.slug + `endless-")`)
	b.equal(dates, "Ends Jun 2998,Ends Jun 2999,No end")
	b.do(chromedp.Focus("#next")) // the same list, some time later
	b.press(kb.Enter)
	b.equal(where, "Page 2 of 2")
	time.Sleep(1100 * time.Millisecond)
	b.do(chromedp.Reload())
	b.equal(where, "Page 2 of 2")
	b.equal(`document.querySelectorAll("#rows li").length`, "3")

	b.do(chromedp.Focus("#order"))
	b.press("S") // slug
	b.equal(total, "24")
	b.equal(`document.querySelectorAll("#rows .date").length`, "0")
	b.do(chromedp.Focus("#show"))
	b.press("W") // with an end
	b.equal(rows, s.slug+"ended,"+s.slug+"later,"+s.slug+"sooner")
	b.equal(dates, "Ended "+end.Format("Jan 2006")+",Ends Jun 2999,Ends Jun 2998")
	b.do(chromedp.Click(".open"))
	b.until(`document.getElementById("detail-about").textContent.includes("` + made[:8] + `")`)
	b.until(`document.getElementById("detail-about").textContent.includes("Ended ")`)
	b.clean()
}

// clicks: the list has all clicks of a link, and so have the details, beside those
// of the days that are chosen.
func clicks(s *service) {
	id := s.create("nest", map[string]any{})
	s.follow("nest", 3)
	b := newTab(s.T, s.url)
	b.view(desktop)
	b.signIn(s.token)
	list := `document.querySelector("#rows .clicks").textContent`
	b.equal(list, "3clicks")
	s.follow("nest", 2)
	b.do(chromedp.Click(".open"))
	b.equal(sums, "Clicks in all 5,Clicks in 30 days 5,Visitors in 30 days 1")
	b.equal(list, "5clicks")
	b.equal(`document.querySelector(".open").getAttribute("aria-current")`, "true")
	if s.db == nil {
		b.clean()
		return
	}
	long := drey.Unix(time.Now().AddDate(0, 0, -60))
	if _, err := s.db.CreateClick(s.Context(), db.CreateClickParams{LinkID: id, ClickedAt: &long, Visitor: []byte("another visitor!")}); err != nil {
		s.Fatal(err)
	}
	b.do(chromedp.Focus("#days"))
	b.press("7")
	b.equal(sums, "Clicks in all 6,Clicks in 7 days 5,Visitors in 7 days 1")
	b.press(kb.ArrowDown, kb.ArrowDown)
	b.equal(sums, "Clicks in all 6,Clicks in 90 days 6,Visitors in 90 days 2")
	b.equal(list, "6clicks")
	b.clean()
}

// tags lead to the links that have them, from the list and from the details.
func tags(s *service) {
	odd := `<b onclick="alert(1)">&amp; #1+2`
	s.create("one", map[string]any{"tags": []string{"birds", odd}})
	s.create("two", map[string]any{"tags": []string{"birds"}})
	s.create("three", map[string]any{})
	b := newTab(s.T, s.url)
	b.view(desktop)
	b.signIn(s.token)
	b.do(chromedp.Focus(`#rows a[href="/?tag=birds"]`))
	b.press(kb.Enter)
	b.equal(rows, s.slug+"two,"+s.slug+"one")
	b.equal(`document.getElementById("tag").value + location.search`, "birds?tag=birds")
	b.equal(focused, "list-title")
	b.equal(title, "") // the row is not opened

	// The rest of a row opens the link, wherever one clicks.
	b.run(`(() => { const r = document.querySelector(".link").getBoundingClientRect(); document.elementFromPoint(r.right - 3, r.bottom - 3).click() })()`)
	b.equal(title, s.slug+"two")
	b.do(chromedp.Click(`.open[data-slug="` + s.slug + `one"]`))
	b.until(`document.querySelectorAll("#detail-about .tag").length === 2 && document.querySelectorAll("#detail b").length === 0`)
	b.run(`[...document.querySelectorAll("#detail-about .tag")].find(a => a.textContent.startsWith("<b")).click()`)
	b.equal(rows, s.slug+"one")
	b.equal(`document.getElementById("tag").value`, odd)
	b.equal(title, "")
	b.back()
	b.equal(title, s.slug+"one")
	b.equal(total, "2")
	b.clean()
}

// phone: on a phone the filters are folded, and their button says which are set.
func phone(s *service) {
	s.create("one", map[string]any{"tags": []string{"birds"}})
	b := newTab(s.T, s.url)
	b.view(view{"phone", 390, 844, "light"})
	b.signIn(s.token)
	state := `document.getElementById("fold").getAttribute("aria-expanded") + document.getElementById("q").checkVisibility() + " " + document.getElementById("fold-set").textContent`
	b.equal(state, "falsefalse none set")
	b.do(chromedp.Focus("#fold"))
	b.press(kb.Enter)
	b.equal(state, "truetrue none set")
	b.do(chromedp.Focus("#q"))
	b.press("nothing")
	b.equal(total, "0")
	b.do(chromedp.Focus("#order"))
	b.press("M")
	b.equal(state, "truetrue nothing, Most clicks")
	b.do(chromedp.Click("#fold"))
	b.equal(state, "falsefalse nothing, Most clicks")
	b.do(chromedp.Reload())
	b.equal(state, "falsefalse nothing, Most clicks")
	b.equal(total, "0")
	b.shortcut("/")
	b.equal(focused+` + document.getElementById("fold").getAttribute("aria-expanded")`, "qtrue")

	// The details take the place of the list; Back closes them.
	b.do(chromedp.Navigate(s.url + "/"))
	b.equal(rows, s.slug+"one")
	b.do(chromedp.Click(".open"))
	b.equal(title, s.slug+"one")
	b.equal(`document.getElementById("list").checkVisibility()`, "false")
	b.back()
	b.equal(title, "")
	b.equal(`document.activeElement.dataset.slug`, s.slug+"one")

	b.view(desktop)
	b.equal(`document.getElementById("fold").checkVisibility() + " " + document.getElementById("q").checkVisibility()`, "false true")
	b.clean()
}
