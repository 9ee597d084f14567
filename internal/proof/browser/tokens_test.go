package browser

import (
	"fmt"
	"net/http"
	"strings"

	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
)

const (
	labels       = `[...document.querySelectorAll("#token-rows strong")].map(e => e.textContent).join()`
	tokensFocus  = `document.activeElement.id`
	freshToken   = `document.getElementById("fresh-token").textContent`
	revokedCount = `document.querySelectorAll("#revoked li").length`
)

// toTokens goes to the tokens by keyboard.
func (b *tab) toTokens() {
	b.Helper()
	b.do(chromedp.Focus(`#nav a[href="#tokens"]`))
	b.press(kb.Enter)
	b.equal(tokensFocus, "tokens-title")
}

// makeToken makes a token by keyboard and returns what is shown of it, once.
func (b *tab) makeToken(label, scope string) string {
	b.Helper()
	b.do(chromedp.Focus("#t-label"))
	b.press(label, kb.Tab, scope, kb.Tab, kb.Enter)
	b.equal(`document.getElementById("fresh-title").textContent`, "Token for "+label)
	b.equal(tokensFocus, "fresh-title")
	token := eval[string](b, freshToken)
	if len(token) < 26 {
		b.Errorf("the token is %q", token)
	}
	b.do(chromedp.Focus("#fresh-done"))
	b.press(kb.Enter)
	b.equal(tokensFocus, "tokens-title")
	b.equal(freshToken, "")
	return token
}

// tokens: who may write makes and revokes tokens, who may only read sees them and
// is told so.
func tokens(s *service) {
	t := s.T
	b := newTab(t, s.url)
	b.view(desktop)
	b.signIn(s.token)
	b.toTokens()
	b.equal(`document.title + " " + document.querySelector("#nav [aria-current]").textContent`, "Tokens - Links Tokens")
	b.equal(labels, "first")
	b.until(`document.querySelector(".token").innerText.includes("You are signed in with it")`)
	b.until(`document.querySelector(".token").innerText.includes("Last used ")`)

	reader := b.makeToken("reader", "O") // only read
	b.equal(labels, "reader,first")
	b.until(`document.querySelector(".token").innerText.includes("Only read")`)
	b.until(`document.querySelector(".token").innerText.includes("Never used")`)
	writer := b.makeToken("<img src=x onerror=alert(1)>", "R") // read and write
	b.equal(labels, "<img src=x onerror=alert(1)>,reader,first")
	b.equal(`document.querySelectorAll("#tokens img").length`, "0")

	// An error is shown at the form.
	b.do(chromedp.Focus("#t-label"))
	b.press("reader", kb.Enter)
	b.equal(`document.getElementById("make-wrong").textContent`, "you have a token of that label")
	b.equal(tokensFocus, "t-label")

	// A token is revoked only if one says so.
	b.do(chromedp.Focus(`[aria-label^="Revoke <img"]`))
	b.press(kb.Enter)
	b.until(`document.getElementById("sure").open`)
	b.press(kb.Enter) // cancel has the focus
	b.until(`!document.getElementById("sure").open`)
	if status := s.status(writer); status != http.StatusOK {
		t.Errorf("a token that is valid is answered with %d", status)
	}
	b.do(chromedp.Focus(`[aria-label^="Revoke <img"]`))
	b.press(kb.Enter)
	b.until(`document.getElementById("sure").open`)
	b.press(kb.Tab, kb.Enter)
	b.equal(labels, "reader,first")
	b.equal(tokensFocus, "tokens-title")
	b.equal(revokedCount, "1")
	if status := s.status(writer); status != http.StatusUnauthorized {
		t.Errorf("a token that was revoked is answered with %d", status)
	}

	// The page is where the address says, also after a reload and back again.
	b.do(chromedp.Reload())
	b.equal(labels, "reader,first")
	b.do(chromedp.Focus("#skip"))
	b.press(kb.Enter)
	b.equal(tokensFocus, "main")
	b.equal(`location.hash`, "#tokens")
	b.run(`history.back()`)
	b.equal(tokensFocus, "list-title")

	// The token that one has come with.
	b.toTokens()
	b.do(chromedp.Focus(`[aria-label="Revoke first"]`))
	b.press(kb.Enter)
	b.until(`document.getElementById("sure-text").textContent.includes("will be signed out")`)
	b.press(kb.Tab, kb.Enter)
	b.until(door)
	b.equal(`sessionStorage.length`, "0")

	// One that may only read.
	b.do(chromedp.Focus("#token"))
	b.press(reader, kb.Enter)
	b.equal(tokensFocus, "tokens-title") // where the address is
	b.equal(labels, "reader")
	b.equal(`[document.getElementById("make").hidden, document.getElementById("tokens-read").hidden, document.querySelectorAll("#tokens .danger").length].join()`, "true,false,0")
	b.equal(revokedCount, "2")
	b.clean()
}

// status is how the API answers to a token.
func (s *service) status(token string) int {
	s.Helper()
	r, err := http.NewRequestWithContext(s.Context(), http.MethodGet, s.url+"/api/links", nil)
	if err != nil {
		s.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil {
		s.Fatal(err)
	}
	answer.Body.Close()
	return answer.StatusCode
}

// unreachable: a service that does not answer is told where its answer would be,
// and asked again if one wants to.
func unreachable(s *service) {
	s.create("abc", map[string]any{})
	s.create("other", map[string]any{})
	b := newTab(s.T, s.url)
	b.view(desktop)
	b.signIn(s.token)
	offline := network.Conditions{Offline: true, DownloadThroughput: -1, UploadThroughput: -1}
	b.network(offline)
	b.do(chromedp.Click(".open"))
	b.equal(`document.getElementById("detail-wrong").textContent`, "No statistics: The service cannot be reached.")
	b.equal(`document.getElementById("sums").children.length`, "0")
	b.press(kb.Escape)
	b.do(chromedp.Focus("#q"))
	b.press("abc")
	b.until(`document.getElementById("failed").innerText.includes("The service cannot be reached.")`)
	b.equal(rows, "")
	b.shoot("unreachable")
	b.network(network.Conditions{DownloadThroughput: -1, UploadThroughput: -1})
	b.do(chromedp.Focus("#failed button"))
	b.press(kb.Enter)
	b.equal(rows, s.slug+"abc")
	b.equal(`document.getElementById("failed").hidden`, "true")

	// What shall be deleted is not, and the question stays.
	b.do(chromedp.Click(".open"))
	b.until(`document.querySelectorAll("#sums dd").length === 3`)
	b.network(offline)
	b.do(chromedp.Click("#delete"))
	b.do(chromedp.Click("#sure-do"))
	b.equal(`document.getElementById("sure-wrong").textContent + document.getElementById("sure").open`, "The service cannot be reached.true")

	// Whoever is impatient makes one link.
	b.press(kb.Escape)
	b.network(network.Conditions{Latency: 300, DownloadThroughput: -1, UploadThroughput: -1})
	b.fill("q", s.slug)
	b.do(chromedp.Click("#new"))
	b.press("https://example.com/twice", kb.Enter, kb.Enter, kb.Enter)
	b.until(`!document.getElementById("editor").open`)
	var page struct{ Total int }
	s.call("GET", "/api/links?url=like.*twice", nil, &page)
	if page.Total != 1 {
		s.Errorf("%d links are made", page.Total)
	}
	b.clean()
}

// network is what the browser's network is like from now on.
func (b *tab) network(how network.Conditions) {
	b.Helper()
	call(b, network.EmulateNetworkConditionsByRule, network.EmulateNetworkConditionsByRuleParams{MatchedNetworkConditions: []*network.Conditions{&how}})
}

// manyTokens are tokens to be looked at.
func (s *service) manyTokens() {
	s.Helper()
	var made struct{ ID int }
	for _, label := range []string{"laptop", "import of the old links, once", strings.Repeat("unbroken", 7)} {
		s.call("POST", "/api/tokens", map[string]any{"label": label, "scope": "write"}, &made)
	}
	s.call("DELETE", fmt.Sprintf("/api/tokens/%d", made.ID), nil, nil)
	s.call("POST", "/api/tokens", map[string]any{"label": strings.Repeat("unbroken", 7)}, &made)
}
