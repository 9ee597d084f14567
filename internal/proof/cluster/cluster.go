//go:build unix

package cluster

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"testing"
	"time"
)

// raftTimeout is how long a follower waits for a sign of its leader before it stands
// for election, and the other two timeouts that belong to it. By default they are 1 s.
const raftTimeout = "250ms"

// Variable names the environment variable with the path of rqlited.
const Variable = "DREY_RQLITED"

// Cluster is several nodes, the first of which the others have joined.
type Cluster struct{ Nodes []*Node }

// Options are how a cluster is started.
type Options struct {
	Ports []int    // two for each node, of its API and of Raft; free ones if there are none
	Flags []string // rqlited's, beside those that the cluster needs
}

// New starts a cluster of n nodes whose data is in dir and waits until it is ready. Where
// there is data of an earlier cluster, with the same ports, it goes on from there.
func New(ctx context.Context, binary, dir string, n int, o Options) (*Cluster, error) {
	ports := o.Ports
	if len(ports) == 0 {
		var err error
		if ports, err = freePorts(2 * n); err != nil {
			return nil, err
		}
	}
	c := &Cluster{}
	for i := range n {
		node := newNode(binary, dir, i+1, [2]int{ports[2*i], ports[2*i+1]})
		if i > 0 {
			node.args = append(node.args, "-join", c.Nodes[0].Raft, "-join-interval", "100ms", "-join-attempts", "100")
		}
		node.args = append(node.args, o.Flags...)
		c.Nodes = append(c.Nodes, node)
		if err := node.Start(); err != nil {
			return nil, errors.Join(err, c.Close())
		}
	}
	if err := c.Ready(ctx); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// Start starts a cluster for a test, which is skipped where rqlited is not named. The nodes
// end with the test.
func Start(t testing.TB, n int, flags ...string) *Cluster {
	t.Helper()
	binary := os.Getenv(Variable)
	if binary == "" {
		t.Skipf("%s names no rqlited: make cluster-test builds one", Variable)
	}
	c, err := New(t.Context(), binary, t.TempDir(), n, Options{Flags: flags})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

// URLs are the addresses of the nodes' APIs.
func (c *Cluster) URLs() (list []string) {
	for _, n := range c.Nodes {
		list = append(list, n.URL())
	}
	return list
}

// Ready waits until each node that runs knows a leader and has applied what it had
// committed. It gives up after 30 seconds.
func (c *Cluster) Ready(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for _, n := range c.Nodes {
		for n.Running() {
			err := n.get(ctx, "/readyz?sync", nil)
			if err == nil {
				break
			}
			select {
			case <-n.ended:
				return fmt.Errorf("node %d has ended: %s", n.ID, n.said())
			case <-ctx.Done():
				return fmt.Errorf("node %d is not ready: %w: %s", n.ID, err, n.said())
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return nil
}

// Leader returns the node that leads, and waits for one for up to 30 seconds.
func (c *Cluster) Leader(ctx context.Context) (*Node, error) {
	ctx, cancel := context.WithTimeout(ctx, 30*time.Second)
	defer cancel()
	for {
		for _, n := range c.Nodes {
			if n.Running() && n.leads(ctx) {
				return n, nil
			}
		}
		select {
		case <-ctx.Done():
			return nil, errors.New("no node leads")
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// Followers returns the nodes that run and do not lead.
func (c *Cluster) Followers(ctx context.Context) (list []*Node, err error) {
	leader, err := c.Leader(ctx)
	for _, n := range c.Nodes {
		if err == nil && n.Running() && n != leader {
			list = append(list, n)
		}
	}
	return list, err
}

// Close ends the nodes that run.
func (c *Cluster) Close() error {
	var failed error
	for _, n := range c.Nodes {
		failed = errors.Join(failed, n.Kill())
	}
	return failed
}

// freePorts finds ports below those that the system gives to connections, so that a
// node which comes back finds its own free.
func freePorts(n int) (list []int, err error) {
	for tries := 0; len(list) < n; tries++ {
		port := 20000 + rand.IntN(12000)
		l, failed := net.Listen("tcp", fmt.Sprint("127.0.0.1:", port))
		if failed != nil {
			if tries > 1000 {
				return nil, failed
			}
			continue
		}
		defer l.Close() // held until all are found, so that none comes twice
		list = append(list, port)
	}
	return list, nil
}
