package cli

import (
	"fmt"
	"io"
	"os"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"github.com/schollz/progressbar/v3"
)

// progress shows the steps of a run on a terminal, and nothing in a pipe. A step that takes
// long has its seconds behind its name, so that it is seen to go on.
type progress struct {
	bar *progressbar.ProgressBar // nil in a pipe

	mu    sync.Mutex // of what follows
	step  string
	since time.Time
	stop  chan struct{} // closed by clear; nil while nothing is shown
}

// unsaid is how long a step has no seconds, and widest how many characters of its name are shown.
const (
	unsaid = 3 * time.Second
	widest = 44
)

func newProgress(w io.Writer) *progress {
	f, ok := w.(*os.File)
	if !ok || !isatty.IsTerminal(f.Fd()) {
		return &progress{}
	}
	return barOn(w)
}

func barOn(w io.Writer) *progress {
	return &progress{bar: progressbar.NewOptions(1,
		progressbar.OptionSetWriter(w),
		progressbar.OptionSetWidth(24),
		progressbar.OptionSetPredictTime(false),
		progressbar.OptionClearOnFinish(),
	)}
}

func (p *progress) show(step string, done, total int) {
	if p.bar == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if step != p.step || p.stop == nil {
		p.step, p.since = step, time.Now()
	}
	if p.stop == nil {
		p.stop = make(chan struct{})
		go p.tick(p.stop)
	}
	p.bar.ChangeMax(total)
	_ = p.bar.Set(done) // the run goes on without its terminal
	p.describe(time.Now())
}

// tick counts the seconds of a step until stop is closed.
func (p *progress) tick(stop <-chan struct{}) {
	seconds := time.NewTicker(time.Second)
	defer seconds.Stop()
	for {
		select {
		case <-stop:
			return
		case now := <-seconds.C:
			p.mu.Lock()
			if p.stop == stop && now.Sub(p.since) >= unsaid {
				p.describe(now)
			}
			p.mu.Unlock()
		}
	}
}

// describe shows the step as it is at a time.
func (p *progress) describe(now time.Time) {
	name := []rune(p.step)
	if len(name) > widest {
		name = append(name[:widest-1], '…')
	}
	text := string(name)
	if past := now.Sub(p.since); past >= unsaid {
		text += fmt.Sprintf(" %d s", int(past.Seconds()))
	}
	p.bar.Describe(text)
}

func (p *progress) clear() {
	if p.bar == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stop != nil {
		close(p.stop)
		p.stop = nil
	}
	_ = p.bar.Clear()
}
