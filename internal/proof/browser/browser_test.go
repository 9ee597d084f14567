package browser

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// tab is a browser's tab, at a page of the service.
type tab struct {
	*testing.T
	ctx  context.Context
	base string

	mu     sync.Mutex
	faults []string // of the page, since the last check
}

// findBrowser is the program to test with.
func findBrowser(t *testing.T) string {
	t.Helper()
	if path := os.Getenv("DREY_BROWSER"); path != "" {
		return path
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no chromium is installed, and DREY_BROWSER names none")
	return ""
}

// started is the browser of all tests: to start one takes seconds.
var started struct {
	sync.Once
	ctx  context.Context
	err  error
	stop func()
}

func TestMain(m *testing.M) {
	code := m.Run()
	if started.stop != nil {
		started.stop()
	}
	os.Exit(code)
}

// start starts a browser without anything kept from before.
func start(path string) (ctx context.Context, stop func(), err error) {
	folder, err := os.MkdirTemp("", "drey-browser-*")
	if err != nil {
		return nil, nil, err
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(folder), chromedp.NoSandbox, chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
	)
	ctx, end := chromedp.NewExecAllocator(context.Background(), options...)
	ctx, _ = chromedp.NewContext(ctx, chromedp.WithErrorf(func(string, ...any) {})) // messages that are newer than the library
	stop = func() {
		_ = chromedp.Cancel(ctx) // waits for its end
		end()
		os.RemoveAll(folder)
	}
	return ctx, stop, chromedp.Do(ctx)
}

// newTab opens a tab that shares nothing with others. What the page does wrong fails the
// test: an exception, a message in the console, a request to another host.
func newTab(t *testing.T, base string) *tab {
	t.Helper()
	path := findBrowser(t)
	started.Do(func() { started.ctx, started.stop, started.err = start(path) })
	if started.err != nil {
		t.Fatal(started.err)
	}
	ctx, stop := chromedp.NewContext(started.ctx, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	ctx, stop = context.WithTimeout(ctx, 90*time.Second)
	t.Cleanup(stop)
	b := &tab{T: t, ctx: ctx, base: base}
	if err := chromedp.Listen(ctx, b.watch); err != nil {
		t.Fatal(err)
	}
	call(b, network.Enable, network.EnableParams{})
	call(b, log.Enable, chromedp.Void{})
	call(b, runtime.Enable, chromedp.Void{})
	return b
}

func (b *tab) watch(event any) {
	fault := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		fault = "exception: " + fmt.Sprintf("%s %+v", e.ExceptionDetails.Text, e.ExceptionDetails.Exception)
	case *log.EventEntryAdded:
		switch e.Entry.Source {
		case log.EntrySourceNetwork: // an answer of 401 and the like is meant
		case log.EntrySourceRecommendation: // a token has no user's name
		default:
			fault = fmt.Sprintf("%s: %s", e.Entry.Source, e.Entry.Text)
		}
	case *network.EventRequestWillBeSent:
		if u, err := url.Parse(e.Request.URL); err == nil && !strings.HasPrefix(e.Request.URL, b.base) && u.Scheme != "data" {
			fault = "request to " + e.Request.URL
		}
	}
	if fault != "" {
		b.mu.Lock()
		defer b.mu.Unlock()
		b.faults = append(b.faults, fault)
	}
}

// faulty returns what the page has done wrong, and forgets it.
func (b *tab) faulty() []string {
	b.mu.Lock()
	defer b.mu.Unlock()
	found := b.faults
	b.faults = nil
	return found
}

func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.Fatal(err)
	}
}

// call sends a command of the DevTools protocol.
func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.Helper()
	if _, err := chromedp.Call(b.ctx, command, params); err != nil {
		b.Fatal(err)
	}
}

// view sets the size of the window and the colours that its user likes.
func (b *tab) view(v view) {
	b.Helper()
	var how []chromedp.EmulateViewportOption
	if v.width < 500 {
		how = append(how, chromedp.EmulateMobile, chromedp.EmulateTouch)
	}
	b.do(chromedp.EmulateViewport(int64(v.width), int64(v.height), how...))
	call(b, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: v.scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
}

type view struct {
	name          string
	width, height int
	scheme        string
}

// run runs what changes the page, once it is loaded.
func (b *tab) run(script string) {
	b.Helper()
	b.until(loaded)
	b.do(chromedp.Evaluate[chromedp.Void](script))
}

// eval returns what a JavaScript expression is once the page is loaded, a promise's
// result included.
func eval[T any](b *tab, expression string) T {
	b.Helper()
	b.until(loaded)
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		b.Fatalf("%s: %v", expression, err)
	}
	return v
}

const loaded = `document.readyState === "complete"`

// until waits for a condition of the page. What cannot be told yet, because
// something of the page is not there, is false.
func (b *tab) until(condition string) {
	b.Helper()
	b.equal("Boolean("+condition+")", "true")
}

// equal waits until an expression has a value. A page that is left while it is
// asked has none yet.
func (b *tab) equal(expression, want string) {
	b.Helper()
	ask := chromedp.Evaluate[string]("(() => { try { return String(" + expression + ") } catch (e) { return String(e) } })()")
	deadline := time.Now().Add(30 * time.Second)
	for {
		got, err := chromedp.Run(b.ctx, ask)
		var left *cdproto.Error
		switch {
		case errors.As(err, &left) && left.Code == serverError:
			got = left.Message
		case err != nil:
			b.Fatalf("%s: %v", expression, err)
		}
		if got == want {
			return
		}
		if time.Now().After(deadline) {
			b.shoot("failed")
			says, _ := chromedp.Run(b.ctx, chromedp.Evaluate[string]("document.body.innerText"))
			b.Fatalf("%s is %q, and should be %q\nthe page says: %s", expression, got, want, says)
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// serverError is how the DevTools protocol says that a page went away before it
// answered (https://chromedevtools.github.io/devtools-protocol/).
const serverError = -32000

// press presses keys: text, or those of package kb.
func (b *tab) press(keys ...string) {
	b.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// shortcut presses a key down in one event, as a keyboard does: a page that
// takes the key for itself keeps it from being written.
func (b *tab) shortcut(key string) {
	b.Helper()
	call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyDown", Key: key, Text: key})
	call(b, input.DispatchKeyEvent, input.DispatchKeyEventParams{Type: "keyUp", Key: key})
}

// shoot puts a picture of the page into $DREY_SCREENSHOTS.
func (b *tab) shoot(name string) {
	b.Helper()
	dir := os.Getenv("DREY_SCREENSHOTS")
	if dir == "" {
		return
	}
	picture, err := chromedp.Run(b.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		b.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, name+".png"), picture, 0o644); err != nil {
		b.Error(err)
	}
}
