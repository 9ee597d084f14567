package browser

import (
	"path/filepath"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	heading  = `document.querySelector("main h1").innerText`
	lines    = `document.querySelectorAll(".rows tbody tr").length`
	firstRow = `document.querySelector(".rows tbody tr").innerText.replace(/\s+/g, " ").trim()`
	seenAt   = `decodeURIComponent(location.pathname + location.search)`
	at       = `[...document.querySelectorAll(".rows tbody tr")].findIndex(r => r.classList.contains("at"))`
)

// key presses a shortcut, once the page takes one.
func (b *tab) key(key string) {
	b.Helper()
	b.until(loaded)
	b.shortcut(key)
}

// Whoever has a keyboard alone finds a table, its rows, a row, what it refers to and what
// refers to it, filters, orders and pages; Back and reload lead to what was seen.
func TestStudioByKeyboard(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	linksDB(t, path)
	b := studioCommand(t, path, "--dir", "../../..")
	b.key("?")
	b.until(`document.querySelector("#keys").open`)
	b.press(kb.Escape)
	b.until(`!document.querySelector("#keys").open`)
	b.key("/")
	b.press("cli", kb.Enter)
	b.equal(seenAt, "/rows/clicks")
	b.equal(lines, "50")
	b.key("n")
	b.until(`location.search.includes("cursor=")`)
	b.until(firstRow + `.startsWith("› 51 ")`)
	b.do(chromedp.Reload())
	b.until(firstRow + `.startsWith("› 51 ")`)
	b.key("p")
	b.until(firstRow + `.startsWith("› 1 ")`)
	b.back()
	b.until(firstRow + `.startsWith("› 51 ")`)
	b.back()
	b.until(firstRow + `.startsWith("› 1 ")`)
	b.key("j")
	b.key("j")
	b.key("j")
	b.key("k")
	b.equal(at, "1")
	b.press(kb.Enter)
	b.equal(heading, "clicks 2")
	// the link that it is of, by what it refers to
	b.do(chromedp.Click(`.links li a`))
	b.until(`location.pathname === "/row/links"`)
	b.do(chromedp.Click(`.links a[href^="/rows/clicks"]`))
	b.until(`location.pathname === "/rows/clicks" && location.search.startsWith("?link_id=eq.")`)
	b.equal(`document.querySelectorAll(".chip").length`, "1")
	b.key("f")
	b.equal(`document.activeElement.name`, "column")
	b.press("country")
	b.press(kb.Tab)
	b.press(kb.Tab)
	b.press("DE", kb.Enter)
	b.until(`location.search.includes("country=eq.DE")`)
	b.do(chromedp.Click(`.chip a`))
	b.until(`!location.search.includes("country")`)
	b.key("i")
	b.until(`location.pathname === "/table/clicks"`)
	b.key("q")
	b.until(`location.pathname === "/queries"`)
	b.key("s")
	b.until(`location.pathname === "/schema" && document.querySelector("main svg a")`)
	b.run(`document.querySelector('main svg a[href="/table/tags"]').dispatchEvent(new MouseEvent("click", {bubbles: true, cancelable: true, view: window}))`)
	b.until(`location.pathname === "/table/tags"`)
	b.key("m")
	b.until(`location.pathname === "/migrations" && document.body.innerText.includes("The database has the schema of version")`)
	b.key("t")
	b.until(`location.pathname === "/"`)
}

// Filters and orders by the pointer, each of which is in the address.
func TestStudioFilters(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	linksDB(t, path)
	b := studioCommand(t, path, "--dir", "../../..")
	b.open("/rows/links")
	b.do(chromedp.Click(`th a[href*="click_count"]`))
	b.until(`location.search === "?order=click_count"`)
	b.do(chromedp.Click(`th a[href*="click_count"]`))
	b.until(`location.search === "?order=click_count.desc"`)
	b.equal(`document.querySelector("th[aria-sort]").getAttribute("aria-sort")`, "descending")
	for _, f := range []struct{ column, operator, value, want string }{
		{"slug", "contains", "e_", "/rows/links?order=click_count.desc&slug=like.*e\\_*"},
		{"id", "gt", "10", "/rows/links?id=gt.10&order=click_count.desc&slug=like.*e\\_*"},
		{"title", "is.null", "", "/rows/links?id=gt.10&order=click_count.desc&slug=like.*e\\_*&title=is.null"},
	} {
		b.run(`{ const f = document.querySelector("form.filter"); f.column.value = "` + f.column + `"; f.operator.value = "` + f.operator + `"; f.value.value = "` + f.value + `"; f.requestSubmit() }`)
		b.equal(seenAt, f.want)
		b.until(loaded)
	}
	b.open("/rows/links?nothing=eq.1")
	b.until(`document.body.innerText.includes("there is no such column")`)
	b.open("/query/TaggedLinks")
	b.do(chromedp.Click(`.params button`))
	b.equal(seenAt, "/query/TaggedLinks?@tag=")
	b.equal(lines, "50")
	b.do(chromedp.Click(`th a[href*="order=id"]`))
	b.equal(seenAt, "/query/TaggedLinks?@tag=&order=id")
	b.do(chromedp.Click(`.plan summary`))
	b.until(`document.querySelector(".plan .steps").innerText.includes("SCAN links")`)
}

// A row is changed, what is wrong is told while it is written, and the change is undone; a
// page that would lose what is written asks.
func TestStudioEdit(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	linksDB(t, path)
	b := studioCommand(t, path, "--dir", "../../..", "--write")
	b.open("/row/links?id=eq.3")
	was := eval[string](b, `[...document.querySelectorAll(".fields > div")].find(d => d.innerText.startsWith("slug")).querySelector("dd").innerText`)
	b.key("e")
	b.until(`location.pathname === "/edit/links"`)
	slug := `document.querySelector('[data-field="2"] .value')`
	fault := `document.querySelector('[data-field="2"] .fault').textContent`
	b.run(slug + `.select()`)
	b.do(chromedp.Focus(`[data-field="2"] .value`))
	b.press("x", kb.Tab)
	b.until(fault + `.startsWith("the CHECK is false")`)
	other := eval[string](b, `fetch("/row/links?id=eq.4").then(r => r.text()).then(t => new DOMParser().parseFromString(t, "text/html")).then(d => [...d.querySelectorAll(".fields > div")].find(d => d.textContent.startsWith("slug")).querySelector("bdi").textContent)`)
	b.run(slug + `.select()`)
	b.do(chromedp.Focus(`[data-field="2"] .value`))
	b.press(other, kb.Tab)
	b.equal(fault, "another row has slug like this")
	b.run(slug + `.select()`)
	b.do(chromedp.Focus(`[data-field="2"] .value`))
	b.press("brand-new", kb.Tab)
	b.equal(fault, "")
	b.do(chromedp.Click("#save"))
	b.until(`location.pathname === "/row/links" && document.querySelector(".fields").innerText.includes("brand-new")`)
	b.shoot("studio-undo-desktop")
	b.key("u")
	b.until(`location.pathname === "/row/links" && document.querySelector(".fields").innerText.includes(` + "`" + was + "`" + `) && !document.querySelector("#undo")`)

	b.open("/new/tags")
	b.do(chromedp.Focus(`[data-field="1"] .value`))
	b.press("made here")
	b.do(chromedp.Click("#save"))
	b.until(`location.pathname === "/row/tags" && document.querySelector(".fields").innerText.includes("made here")`)
	b.do(chromedp.Click(".button.danger"))
	b.until(`location.pathname === "/delete/tags"`)
	b.do(chromedp.Click("#save"))
	b.until(`location.pathname === "/rows/tags" && !document.body.innerText.includes("made here")`)

	b.open("/query/DeactivateExpired")
	b.do(chromedp.Click(".params button"))
	b.until(`document.body.innerText.includes("Nothing has been written yet")`)
	b.shoot("studio-try-desktop")
	b.do(chromedp.Click("#save"))
	b.until(`document.body.innerText.includes("It has written")`)
	b.do(chromedp.Click("#undo"))
	b.until(`!document.querySelector("#undo")?.title.includes("DeactivateExpired")`)
}
