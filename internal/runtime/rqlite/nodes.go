//go:build !js

package rqlite

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
)

// Node is a node of the cluster, as the node that was asked sees it.
type Node struct {
	ID        string `json:"id"`
	API       string `json:"api_addr"` // its URL
	Raft      string `json:"addr"`
	Voter     bool   `json:"voter"`
	Reachable bool   `json:"reachable"`
	Leader    bool   `json:"leader"`
}

// node is where requests can be sent.
type node struct {
	url  string // without a slash at the end, and without a password
	host string
	mu   sync.Mutex
	raft string // "" while it is not known
}

func (n *node) String() string { return n.url }

func (n *node) raftAddress() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.raft
}

func (n *node) setRaft(address string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.raft = address
}

// parseURLs reads URLs. A user and a password in them are those of the options.
func parseURLs(urls []string, o *Options) (list []*node, err error) {
	bad := func(i int, why string) error { return fmt.Errorf("%w: URL %d %s", drey.ErrOptions, i+1, why) }
	for i, text := range urls {
		u, err := url.Parse(text)
		switch {
		case err != nil:
			return nil, bad(i, "is not a URL") // it may have a password
		case u.Scheme != "http" && u.Scheme != "https" || u.Host == "":
			return nil, bad(i, "is not of the form http://host:4001")
		case strings.Trim(u.Path, "/") != "" || u.RawQuery != "" || u.Fragment != "":
			return nil, bad(i, "has more than a host and a port")
		}
		if u.User != nil {
			password, _ := u.User.Password()
			if o.Username != "" && (o.Username != u.User.Username() || o.Password != password) {
				return nil, bad(i, "has another user or password than the options or another URL")
			}
			o.Username, o.Password = u.User.Username(), password
		}
		list = append(list, &node{url: u.Scheme + "://" + u.Host, host: u.Host})
	}
	if list == nil {
		return nil, fmt.Errorf("%w: no URLs", drey.ErrOptions)
	}
	return list, nil
}

// nodes are those that are known, first those that the URLs name.
type nodes struct {
	mu    sync.Mutex
	list  []*node
	at    int       // the one that requests go to, until it fails: the leader, as far as is known
	near  int       // the one that reads of the level None go to
	asked time.Time // when the cluster was last asked for its nodes
}

func (s *nodes) all() []*node {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.list)
}

// current is the node that requests of a level go to.
func (s *nodes) current(l Level) *node {
	s.mu.Lock()
	defer s.mu.Unlock()
	if l == None {
		return s.list[s.near]
	}
	return s.list[s.at]
}

// leave goes on to the next node, if n is still the one that requests go to.
func (s *nodes) leave(n *node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, at := range []*int{&s.at, &s.near} {
		if s.list[*at] == n {
			*at = (*at + 1) % len(s.list)
		}
	}
}

// follow has requests go to the node with that raft address. It reports false if no
// node is known to have it.
func (s *nodes) follow(raft string) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, n := range s.list {
		if n.raftAddress() == raft {
			s.at = i
			return true
		}
	}
	return false
}

// len is how many there are.
func (s *nodes) len() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.list)
}

// due reports whether it is time to ask for the nodes, and notes that somebody does.
func (s *nodes) due(least time.Duration) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if time.Since(s.asked) < least {
		return false
	}
	s.asked = time.Now()
	return true
}

// learn takes in what the cluster says of its nodes, and goes to the leader. A node of
// another scheme than the URLs have is left out: a password would go there in the open.
func (s *nodes) learn(list []Node) {
	s.mu.Lock()
	defer s.mu.Unlock()
	scheme, _, _ := strings.Cut(s.list[0].url, "://")
	for _, n := range list {
		u, err := url.Parse(n.API)
		if err != nil || u.Scheme != scheme || u.Host == "" {
			continue
		}
		i := slices.IndexFunc(s.list, func(k *node) bool { return k.host == u.Host || k.raftAddress() == n.Raft })
		if i < 0 {
			i = len(s.list)
			s.list = append(s.list, &node{url: u.Scheme + "://" + u.Host, host: u.Host})
		}
		s.list[i].setRaft(n.Raft)
		if n.Leader {
			s.at = i
		}
	}
}

// between is how long the cluster is not asked for its nodes again.
const between = time.Second

// discover asks the node in use for the nodes, if nobody has just asked. What it does not
// find out does no harm: the user may lack the permission.
func (c *Cluster) discover(ctx context.Context) {
	if c.o.FixedNodes || !c.nodes.due(between) {
		return
	}
	if list, err := c.Nodes(ctx); err == nil {
		c.nodes.learn(list)
	}
}

// Nodes asks the node in use for the nodes of the cluster.
func (c *Cluster) Nodes(ctx context.Context) ([]Node, error) {
	return c.nodesOf(ctx, c.nodes.current(Weak))
}

func (c *Cluster) nodesOf(ctx context.Context, n *node) ([]Node, error) {
	body, err := c.get(ctx, n, "/nodes?ver=2&nonvoters&timeout=1s")
	if err != nil {
		return nil, err
	}
	var found struct{ Nodes []Node }
	if err := json.Unmarshal(body, &found); err != nil {
		return nil, fmt.Errorf("%w: its nodes", ErrAnswer)
	}
	return found.Nodes, nil
}

// Ready reports whether the node in use is ready for reads and writes: it knows the
// leader and reaches it. The error tells what is missing.
func (c *Cluster) Ready(ctx context.Context) error {
	_, err := c.get(ctx, c.nodes.current(Weak), "/readyz?timeout=1s")
	return err
}

// get asks a node.
func (c *Cluster) get(ctx context.Context, n *node, path string) ([]byte, error) {
	ctx, cancel := context.WithTimeout(ctx, min(c.o.Timeout, 3*time.Second))
	defer cancel()
	req, err := c.request(ctx, http.MethodGet, n.url+path, nil)
	if err != nil {
		return nil, err
	}
	res, err := c.http.Do(req)
	if err != nil {
		c.nodes.leave(n)
		return nil, c.hidden(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(io.LimitReader(res.Body, maxShort))
	if err != nil {
		return nil, c.hidden(err)
	}
	if res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%w: %s: %s: %s", ErrRefused, n, res.Status, excerpt(string(body)))
	}
	return body, nil
}

// maxShort bounds the answers that are not rows.
const maxShort = 1 << 20

// excerpt is the beginning of a text of somebody else's.
func excerpt(text string) string { return fmt.Sprintf("%.200q", strings.TrimSpace(text)) }

// suspicious is how long a request takes before another node is asked who leads.
const suspicious = time.Second

// watch cancels a request that takes long, if another node says that the one that has the
// request does not lead any more: it may be paused, or cut off. The function that it
// returns ends the watch.
func (c *Cluster) watch(ctx context.Context, n *node, call *call, cancel context.CancelFunc) (stop func()) {
	if call.level == None || c.o.FixedNodes || c.nodes.len() < 2 {
		return func() {}
	}
	done := make(chan struct{})
	timer := time.AfterFunc(suspicious, func() {
		defer close(done)
		for ctx.Err() == nil && !c.leadsElsewhere(ctx, n) {
			if sleep(ctx, suspicious) != nil {
				return
			}
		}
		cancel()
	})
	return func() {
		if !timer.Stop() {
			cancel()
			<-done
		}
	}
}

// leadsElsewhere asks the other nodes, one after another, whether one of them leads.
func (c *Cluster) leadsElsewhere(ctx context.Context, n *node) bool {
	for _, other := range c.nodes.all() {
		if other == n {
			continue
		}
		list, err := c.nodesOf(ctx, other)
		if err != nil {
			continue
		}
		for _, one := range list {
			if one.Leader {
				return one.Raft != n.raftAddress()
			}
		}
	}
	return false
}
