package runtime

import "sync"

// rendered keeps the texts of queries that a batch has asked for, by their
// shapes: a batch asks for each twice, and prepares none. It is safe for
// concurrent use.
type rendered struct {
	mu    sync.Mutex
	texts map[string]string
}

func (r *rendered) text(key string) (string, bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	text, ok := r.texts[key]
	return text, ok
}

// keep keeps a text. Where there are too many, all others are dropped.
func (r *rendered) keep(key, text string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.texts == nil || len(r.texts) >= maxStatements {
		r.texts = map[string]string{}
	}
	r.texts[key] = text
}
