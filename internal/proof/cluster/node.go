//go:build unix

package cluster

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"syscall"
	"time"
)

// Node is a process of rqlited, or what one has left: its addresses and its data.
type Node struct {
	ID   int    // from 1
	HTTP string // host:port of its API
	Raft string // host:port at which the other nodes reach it
	Dir  string // with its data and its log

	args    []string
	binary  string
	process *exec.Cmd // nil if it does not run
	paused  bool
	ended   chan struct{} // closed when the process has ended
}

// URL is the address of the node's API.
func (n *Node) URL() string { return "http://" + n.HTTP }

// Running reports whether the process was started, and neither ended nor paused since.
func (n *Node) Running() bool { return n.process != nil && !n.paused }

// Start starts the process on the data that is there. It returns before the node is
// ready, see [Cluster.Ready].
func (n *Node) Start() error {
	if n.process != nil {
		return fmt.Errorf("node %d runs", n.ID)
	}
	if err := os.MkdirAll(n.Dir, 0o755); err != nil {
		return err
	}
	log, err := os.OpenFile(n.Dir+".log", os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(n.binary, append(n.args, n.Dir)...)
	cmd.Stdout, cmd.Stderr, cmd.SysProcAttr = log, log, attributes()
	if err := start(cmd); err != nil {
		return err
	}
	ended := make(chan struct{})
	n.process, n.ended, n.paused = cmd, ended, false
	go func() {
		_ = cmd.Wait()
		close(ended)
	}()
	return nil
}

// start starts a process from a thread that lasts: Linux ends it with the thread, see
// attributes.
func start(cmd *exec.Cmd) error {
	failed := make(chan error)
	starter() <- func() { failed <- cmd.Start() }
	return <-failed
}

var starter = sync.OnceValue(func() chan<- func() {
	work := make(chan func())
	go func() {
		runtime.LockOSThread()
		for do := range work {
			do()
		}
	}()
	return work
})

// Used is the time that the nodes that run have had on the processors, 0 where the system
// does not tell.
func (c *Cluster) Used() (sum time.Duration) {
	for _, n := range c.Nodes {
		if n.process != nil {
			sum += used(n.process.Process.Pid)
		}
	}
	return sum
}

// Kill ends the process at once, as kill -9 does, and waits until it has ended.
func (n *Node) Kill() error { return n.end(syscall.SIGKILL) }

// Stop lets the process end by itself: a leader first hands over.
func (n *Node) Stop() error { return n.end(syscall.SIGTERM) }

func (n *Node) end(with syscall.Signal) error {
	if n.process == nil {
		return nil
	}
	if err := n.process.Process.Signal(with); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	if n.paused { // it ends when it goes on
		_ = n.process.Process.Signal(syscall.SIGCONT)
	}
	select {
	case <-n.ended:
	case <-time.After(20 * time.Second):
		_ = n.process.Process.Kill()
		<-n.ended
	}
	n.process, n.paused = nil, false
	return nil
}

// Pause stops the process where it is, with its connections open.
func (n *Node) Pause() error {
	n.paused = true
	return n.process.Process.Signal(syscall.SIGSTOP)
}

// Continue lets a paused process go on.
func (n *Node) Continue() error {
	n.paused = false
	return n.process.Process.Signal(syscall.SIGCONT)
}

// leads reports whether the node says that it is the leader itself.
func (n *Node) leads(ctx context.Context) bool {
	var leader struct {
		Addr string `json:"addr"`
	}
	return n.get(ctx, "/leader", &leader) == nil && leader.Addr == n.Raft
}

// get reads an answer of the node's API, into answer if that is not nil.
func (n *Node) get(ctx context.Context, path string, answer any) error {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, n.URL()+path, nil)
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusOK {
		return fmt.Errorf("%s%s: %s", n.URL(), path, response.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}

// said is the end of what the process has logged.
func (n *Node) said() string {
	text, err := os.ReadFile(n.Dir + ".log")
	if err != nil {
		return err.Error()
	}
	return string(text[max(0, len(text)-2000):])
}

func newNode(binary, dir string, id int, ports [2]int) *Node {
	n := &Node{ID: id, binary: binary, Dir: filepath.Join(dir, fmt.Sprint("node", id))}
	n.HTTP, n.Raft = fmt.Sprint("127.0.0.1:", ports[0]), fmt.Sprint("127.0.0.1:", ports[1])
	n.args = []string{"-node-id", fmt.Sprint(id), "-http-addr", n.HTTP, "-raft-addr", n.Raft, "-fk",
		"-raft-timeout", raftTimeout, "-raft-election-timeout", raftTimeout, "-raft-leader-lease-timeout", raftTimeout}
	return n
}
