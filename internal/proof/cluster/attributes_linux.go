package cluster

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"
)

// attributes let a node end with the process that has started it, however that ends.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }

// used is the time that the threads of a process have had on the processors.
func used(process int) (sum time.Duration) {
	threads, _ := filepath.Glob(fmt.Sprintf("/proc/%d/task/*/schedstat", process))
	for _, thread := range threads {
		var d time.Duration
		if text, err := os.ReadFile(thread); err == nil {
			_, _ = fmt.Sscan(string(text), &d)
		}
		sum += d
	}
	return sum
}
