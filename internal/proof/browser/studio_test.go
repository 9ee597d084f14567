package browser

import (
	"path/filepath"
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/dreysql/drey/internal/studio"
)

// newStudio serves studio over a database, and opens it in a tab.
func newStudio(t *testing.T, path string, write bool, o studio.Options) *tab {
	t.Helper()
	findBrowser(t)
	db, err := studio.OpenFile(t.Context(), path, write)
	if err != nil {
		t.Fatal(err)
	}
	l, err := studio.Listen(0)
	if err != nil {
		t.Fatal(err)
	}
	if o.Hide == nil {
		o.Hide = regexp.MustCompile(studio.DefaultHide)
	}
	s := studio.New(db, l.Addr().String(), o)
	go s.Serve(t.Context(), l)
	b := newTab(t, "http://"+l.Addr().String())
	t.Cleanup(func() {
		for _, fault := range b.faulty() {
			t.Error(fault)
		}
	})
	b.do(chromedp.Navigate(s.Address()))
	b.until(`location.search === "" && document.querySelector("main h1")`)
	return b
}

// open opens a page of the tab's.
func (b *tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.until(`document.readyState === "complete"`)
}

// The pages in both widths and both themes, for whoever looks at the pictures: nothing of
// a page is wider than the window.
func TestStudioPictures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	linksDB(t, path)
	b := newStudio(t, path, false, studio.Options{})
	for _, v := range views {
		b.view(v)
		for name, path := range map[string]string{
			"home": "/", "rows": "/rows/links", "filtered": "/rows/clicks?country=in.(DE,FR)&order=clicked_at.desc", "row": "/row/links?id=eq.3", "table": "/table/links",
			"problem": "/rows/clicks?country=between.1",
		} {
			b.open(path)
			b.until(`document.documentElement.scrollWidth <= innerWidth`)
			b.shoot("studio-" + name + "-" + v.name)
		}
	}
}
