//go:build unix && !linux

package cluster

import (
	"syscall"
	"time"
)

func attributes() *syscall.SysProcAttr { return nil }

// used is not known.
func used(int) time.Duration { return 0 }
