package browser

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/dreysql/drey/internal/studio"
)

// script is in every text of a database. It would be an exception, or a request.
const script = `</script></textarea></title></style></svg>"'><script>boom()</script><img src="http://evil.example/x" onerror="boom()"><svg onload=boom()><a href="javascript:boom()">`

// scripted makes tables with the script in names, types, defaults, checks and values, one of
// 200 columns, and one of BLOBs, JSON and a megabyte of text.
func scripted(t *testing.T, path string) {
	t.Helper()
	db := openDB(t, path)
	name := strings.ReplaceAll(script, `"`, `""`)
	text := strings.ReplaceAll(script, `'`, `''`)
	var wide []string
	for i := range 200 {
		wide = append(wide, fmt.Sprintf(`"column %d ""quoted"" 'x'" TEXT DEFAULT '%s'`, i, text))
	}
	for _, statement := range []string{
		`CREATE TABLE "` + name + `" (id INTEGER PRIMARY KEY, "` + name + `" "` + name + `" DEFAULT '` + text + `' CHECK ("` + name + `" <> '` + text + `!'))`,
		`INSERT INTO "` + name + `" DEFAULT VALUES`,
		`CREATE TABLE child (id INTEGER PRIMARY KEY, parent INTEGER REFERENCES "` + name + `", note TEXT)`,
		`INSERT INTO child VALUES (1, 1, '` + text + `')`,
		`CREATE VIEW "view ` + name + `" AS SELECT *, '` + text + `' AS more FROM child`,
		`CREATE TRIGGER "t ` + name + `" AFTER INSERT ON child BEGIN SELECT '` + text + `'; END`,
		`CREATE INDEX "i ` + name + `" ON child (note)`,
		`CREATE TABLE wide (` + strings.Join(wide, ", ") + `)`, `INSERT INTO wide DEFAULT VALUES`, `INSERT INTO wide DEFAULT VALUES`,
		`CREATE TABLE things (id INTEGER PRIMARY KEY, blob BLOB, json TEXT, long TEXT)`,
		`INSERT INTO things VALUES (1, randomblob(100000), '{"a": "` + strings.ReplaceAll(strings.ReplaceAll(text, `\`, `\\`), `"`, `\"`) + `"}', hex(zeroblob(524288)))`,
	} {
		if _, err := db.Exec(statement); err != nil {
			t.Fatalf("%v: %s", err, statement)
		}
	}
}

// No script of a database runs, wherever it stands, and nothing is asked of another host.
func TestStudioScripts(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	scripted(t, path)
	b := newStudio(t, path, true, studio.Options{})
	b.view(desktop)
	todo, seen := []string{"/", "/schema", "/rows/things?json=like.*" + "%3Cscript%3Eboom()%3C/script%3E*", "/rows/%3Cscript%3Eboom()%3C%2Fscript%3E"}, map[string]bool{}
	for len(todo) > 0 {
		at := todo[0]
		todo = todo[1:]
		if seen[at] || len(seen) > 60 {
			continue
		}
		seen[at] = true
		b.open(at)
		b.until(`document.documentElement.scrollWidth <= innerWidth`)
		if n := eval[int](b, `document.querySelectorAll("main script, main img, main [onerror], main [onload], main a[href^=javascript]").length`); n != 0 {
			t.Errorf("%s: %d elements of a value are in the page", at, n)
		}
		todo = append(todo, eval[[]string](b, `[...document.querySelectorAll("a[href^='/']")].map(a => a.getAttribute("href")).filter(h => !/^[/](cell|assets)|limit=|order=.*column/.test(h))`)...)
	}
	b.open("/rows/wide")
	b.equal(`document.querySelectorAll(".rows thead th").length`, "201")
	b.shoot("studio-wide-desktop")
	b.open("/row/things?id=eq.1")
	b.equal(`document.querySelector("pre.json").textContent.startsWith("{\n  \"a\"")`, "true")
	b.equal(`[...document.querySelectorAll(".size")].map(s => s.textContent).join()`, "97.7 kB,1.0 MB")
	b.do(chromedp.Click(`.head .button`))
	b.until(`location.search.includes("whole") && document.querySelector(".fields").textContent.length > 1e6`)
	b.open("/schema")
	b.shoot("studio-scripts-desktop")
	t.Logf("%d pages", len(seen))
}

// attack is what a page of another origin tries: to read, to change, to show, to listen.
const attack = `(async () => {
	const url = "%s", got = [];
	const tries = {
		read: () => fetch(url + "/rows/secrets").then(r => r.text()),
		"read with cookies": () => fetch(url + "/rows/secrets", {credentials: "include"}).then(r => r.text()),
		"read without CORS": () => fetch(url + "/rows/secrets", {mode: "no-cors", credentials: "include"}).then(r => r.text()).then(t => { if (t) return t; throw 0 }),
		change: () => fetch(url + "/remove/secrets?id=eq.1", {method: "POST", mode: "no-cors", credentials: "include", body: new URLSearchParams({csrf: "x"})}).then(r => { throw 0 }),
		preflight: () => fetch(url + "/remove/secrets?id=eq.1", {method: "DELETE", credentials: "include", headers: {"X-A": "b"}}).then(r => r.text()),
		script: () => new Promise((ok, no) => { const s = document.createElement("script"); s.src = url + "/assets/studio.js"; s.onload = () => ok("it runs"); s.onerror = no; document.head.append(s) }),
		image: () => new Promise((ok, no) => { const i = new Image(); i.src = url + "/assets/icon.svg"; i.onload = () => ok("it is shown"); i.onerror = no }),
		frame: () => new Promise((ok, no) => { const f = document.createElement("iframe"); f.src = url + "/rows/secrets"; f.onload = () => { try { f.contentDocument.body.innerText.includes("hush") ? ok("it is read") : no() } catch { no() } }; document.body.append(f) }),
		socket: () => new Promise((ok, no) => { const s = new WebSocket(url.replace("http", "ws")); s.onopen = () => ok("it is open"); s.onerror = no }),
		window: () => new Promise((ok, no) => { const w = open(url + "/rows/secrets"); setTimeout(() => { try { ok(w.document.body.innerText) } catch { no() } }, 500) }),
	};
	for (const [name, run] of Object.entries(tries)) {
		const late = new Promise((_, no) => setTimeout(no, 3000));
		try { got.push(name + ": " + await Promise.race([run(), late])) } catch {}
	}
	const form = document.createElement("form");
	form.method = "POST"; form.action = url + "/remove/secrets?id=eq.1"; form.target = "elsewhere";
	document.body.append(form); form.submit();
	await new Promise(ok => setTimeout(ok, 500));
	return got.join("\n");
})()`

// A page of another origin, on the same host with the cookie, and of another site, reaches
// nothing.
func TestStudioOtherOrigin(t *testing.T) {
	path := filepath.Join(t.TempDir(), "x.db")
	db := openDB(t, path)
	if _, err := db.Exec("CREATE TABLE secrets (id INTEGER PRIMARY KEY, v TEXT); INSERT INTO secrets VALUES (1, 'hush')"); err != nil {
		t.Fatal(err)
	}
	b := newStudio(t, path, true, studio.Options{})
	other := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<!doctype html><title>evil</title><body>")
	}))
	defer other.Close()
	for _, origin := range []string{other.URL, strings.Replace(other.URL, "127.0.0.1", "localhost", 1)} {
		b.do(chromedp.Navigate(origin))
		if got := eval[string](b, fmt.Sprintf(attack, b.base)); got != "" {
			t.Errorf("%s: %s", origin, got)
		}
	}
	b.faulty() // the browser says what it has refused
	var n int
	if err := db.QueryRow("SELECT count(*) FROM secrets").Scan(&n); err != nil || n != 1 {
		t.Error("a row has been deleted", err)
	}
	b.open("/rows/secrets")
	b.until(`document.body.innerText.includes("hush")`)
	b.faulty()
}
