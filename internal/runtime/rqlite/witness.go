//go:build !js

package rqlite

import (
	"context"
	"sync"
)

// witness is the node that is known to have this client's writes: the leader that has
// answered the last of them, or a linearizable read since. A weak read of another node
// might come before they are there, so it is made anew, linearizable.
type witness struct {
	mu    sync.Mutex
	index uint64 // of the last write in the log, 0 while there was none
	by    string // who has it
}

// wrote notes that a node has answered a write.
func (w *witness) wrote(by string, index uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if index > w.index {
		w.index, w.by = index, by
	}
}

// verified notes that a node has answered a linearizable read that was begun when the
// last write had that index.
func (w *witness) verified(by string, index uint64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if index == w.index {
		w.by = by
	}
}

// last is the index of the last write.
func (w *witness) last() uint64 {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.index
}

// has reports whether a node is known to have all writes.
func (w *witness) has(by string) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.index == 0 || w.by == by
}

// noticed takes in who has answered: the node itself, or another that it passed the
// request on to, which is the leader then.
func (c *Cluster) noticed(ctx context.Context, n *node, servedBy string, a *answer, call *call) {
	a.by = n.url
	if servedBy != "" {
		a.by = servedBy
		if call.level != None && !c.nodes.follow(servedBy) {
			c.discover(ctx)
		}
	} else if raft := n.raftAddress(); raft != "" {
		a.by = raft
	}
	if call.level == "" && a.index > 0 {
		c.seen.wrote(a.by, a.index)
	}
}

// again reports whether a weak read has to be made anew, because its answer may lack
// writes of this client.
func (c *Cluster) again(call *call, a *answer) bool {
	switch call.level {
	case Weak:
		if !c.seen.has(a.by) {
			call.level, call.since = Linearizable, c.seen.last()
			return true
		}
	case Linearizable:
		c.seen.verified(a.by, call.since)
	}
	return false
}
