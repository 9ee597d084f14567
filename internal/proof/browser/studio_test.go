package browser

import (
	"bufio"
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"github.com/dreysql/drey/internal/cli"
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
	return openStudio(t, s.Address())
}

// studioCommand runs drey studio with these arguments, for as long as the test's process
// is there, and opens the address that it prints in a tab.
func studioCommand(t *testing.T, args ...string) *tab {
	t.Helper()
	findBrowser(t)
	out, in := io.Pipe()
	go func() {
		var stderr bytes.Buffer
		code := cli.Main(append([]string{"studio"}, args...), in, &stderr)
		in.CloseWithError(fmt.Errorf("exit code %d: %s", code, &stderr))
	}()
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address := lines.Text(); strings.HasPrefix(address, "http://127.0.0.1:") {
			go io.Copy(io.Discard, out)
			return openStudio(t, address)
		}
	}
	t.Fatal(lines.Err())
	return nil
}

// openStudio opens the address that studio prints.
func openStudio(t *testing.T, address string) *tab {
	t.Helper()
	base, _, _ := strings.Cut(address, "/?")
	b := newTab(t, base)
	t.Cleanup(func() {
		for _, fault := range b.faulty() {
			t.Error(fault)
		}
	})
	b.do(chromedp.Navigate(address))
	b.until(`location.search === "" && document.querySelector("main h1")`)
	return b
}

// open opens a page of the tab's.
func (b *tab) open(path string) {
	b.Helper()
	b.do(chromedp.Navigate(b.base + path))
	b.until(loaded)
}

// small writes a picture of the page in few colours, for docs/studio.png.
func (b *tab) small(name string) {
	b.Helper()
	dir := os.Getenv("DREY_SCREENSHOTS")
	if dir == "" {
		return
	}
	content, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	full, err := png.Decode(bytes.NewReader(content))
	if err != nil {
		b.Fatal(err)
	}
	often := map[color.RGBA]int{}
	at := func(x, y int) color.RGBA {
		r, g, bl, _ := full.At(x, y).RGBA()
		return color.RGBA{uint8(r >> 8), uint8(g >> 8), uint8(bl >> 8), 255}
	}
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			often[at(x, y)]++
		}
	}
	list := slices.SortedFunc(maps.Keys(often), func(a, b color.RGBA) int { return often[b] - often[a] })
	var palette color.Palette
	for _, c := range list[:min(64, len(list))] {
		palette = append(palette, c)
	}
	few := image.NewPaletted(full.Bounds(), palette)
	for y := range full.Bounds().Dy() {
		for x := range full.Bounds().Dx() {
			few.Set(x, y, at(x, y))
		}
	}
	var out bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&out, few); err != nil {
		b.Fatal(err)
	}
	if out.Len() > 100_000 {
		b.Errorf("the picture has %d bytes", out.Len())
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), out.Bytes(), 0o644); err != nil {
		b.Error(err)
	}
}

// The pages in both widths and both themes, for whoever looks at the pictures: nothing of
// a page is wider than the window.
func TestStudioPictures(t *testing.T) {
	path := filepath.Join(t.TempDir(), "links.db")
	linksDB(t, path)
	b := studioCommand(t, path, "--dir", "../../..", "--write")
	for _, v := range views {
		b.view(v)
		for name, path := range map[string]string{
			"home": "/", "rows": "/rows/links", "filtered": "/rows/clicks?country=in.(DE,FR)&order=clicked_at.desc", "row": "/row/links?id=eq.3", "table": "/table/links",
			"queries": "/queries", "query": "/query/TaggedLinks?@tag=", "schema": "/schema", "migrations": "/migrations", "edit": "/edit/links?id=eq.3", "new": "/new/clicks", "delete": "/delete/links?id=eq.3",
			"problem": "/rows/clicks?country=between.1",
		} {
			b.open(path)
			b.until(`document.documentElement.scrollWidth <= innerWidth`)
			b.shoot("studio-" + name + "-" + v.name)
		}
	}
	b.view(view{"docs", 1000, 560, "light"})
	b.open("/rows/clicks?country=in.(DE,FR)&order=clicked_at.desc")
	b.small("studio")
}
