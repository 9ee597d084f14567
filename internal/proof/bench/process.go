package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"time"
)

// usage is what a command took, with all processes that it started.
type usage struct {
	wall time.Duration
	cpu  time.Duration
	peak int64 // bytes of memory in use at one time; 0 where /proc does not tell
}

// sampling is how often the memory of a command is looked at.
const sampling = 10 * time.Millisecond

// measure runs a command in dir.
func measure(ctx context.Context, dir string, env []string, name string, args ...string) (usage, error) {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), env...)
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	start := time.Now()
	if err := cmd.Start(); err != nil {
		return usage{}, err
	}
	done := make(chan struct{})
	peak := make(chan int64)
	go func() {
		var most int64
		tick := time.NewTicker(sampling)
		defer tick.Stop()
		for {
			select {
			case <-done:
				peak <- most
				return
			case <-tick.C:
				most = max(most, memory(cmd.Process.Pid))
			}
		}
	}()
	err := cmd.Wait()
	u := usage{wall: time.Since(start)}
	close(done)
	u.peak = <-peak
	if err != nil {
		return usage{}, fmt.Errorf("%v: %w\n%s", cmd.Args, err, out.Bytes())
	}
	u.cpu = cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return u, nil
}

// memory is how many bytes a process and its descendants have in use. What
// they share, their program for one, is counted once.
func memory(pid int) int64 {
	proc := filepath.Join("/proc", strconv.Itoa(pid))
	var total int64
	if rollup, err := os.ReadFile(filepath.Join(proc, "smaps_rollup")); err == nil {
		for line := range bytes.Lines(rollup) {
			var kilobytes int64
			if _, err := fmt.Sscanf(string(line), "Pss: %d kB", &kilobytes); err == nil {
				total += kilobytes << 10
				break
			}
		}
	}
	threads, err := filepath.Glob(filepath.Join(proc, "task", "*", "children"))
	if err != nil {
		return total
	}
	for _, thread := range threads {
		children, err := os.ReadFile(thread)
		if err != nil {
			continue // the thread has ended
		}
		for _, child := range bytes.Fields(children) {
			if pid, err := strconv.Atoi(string(child)); err == nil {
				total += memory(pid)
			}
		}
	}
	return total
}
