package d1

import (
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/runtime/internal/remote"
)

// MaxParameters is how many values a statement of D1 binds at most.
const MaxParameters = 100

// text is an SQL text that D1 can run.
type text struct {
	*remote.Text

	mu       sync.Mutex
	rendered map[set]string // by the parameters that are integers
}

// set is a set of parameters.
type set [MaxParameters/64 + 1]uint64

func (s *set) add(number int)      { s[number/64] |= 1 << (number % 64) }
func (s *set) has(number int) bool { return s[number/64]&(1<<(number%64)) != 0 }

func parse(sql string) (*text, error) {
	t, err := remote.Parse(sql, MaxParameters, ErrParameters)
	if err != nil {
		return nil, err
	}
	return &text{Text: t}, nil
}

// render returns the text for D1, which knows parameters only by number. Those
// that are integers become expressions that are integers to SQLite.
func (t *text) render(integers set) string {
	if integers == (set{}) && !t.Named() {
		return t.SQL
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if sql, ok := t.rendered[integers]; ok {
		return sql
	}
	if t.rendered == nil || len(t.rendered) == maxRenderings {
		t.rendered = map[set]string{}
	}
	sql := t.Render("INTEGER", integers.has)
	t.rendered[integers] = sql
	return sql
}

// maxRenderings bounds what is kept of a text whose parameters are now integers,
// now something else.
const maxRenderings = 8

// selects reports whether a statement is a SELECT, perhaps after comments. Any
// other statement may change something.
func selects(sql string) bool { return strings.EqualFold(remote.First(sql), "SELECT") }
