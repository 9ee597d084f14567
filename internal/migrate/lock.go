package migrate

import (
	"context"
	"fmt"
	"time"

	"github.com/rogpeppe/go-internal/lockedfile"
)

// lock takes the lock of a database: of a file beside it, which stays there
// empty. The system drops the lock with the process that has it. waiting is
// called when somebody else has it for longer than a moment.
func (t Target) lock(ctx context.Context, waiting func()) (unlock func(), err error) {
	type locked struct {
		unlock func()
		err    error
	}
	got := make(chan locked, 1)
	go func() {
		unlock, err := lockedfile.MutexAt(t.Path + "-migrate").Lock()
		got <- locked{unlock, err}
	}()
	moment := time.NewTimer(time.Second)
	defer moment.Stop()
	for {
		select {
		case l := <-got:
			if l.err != nil {
				return nil, fmt.Errorf("lock %s: %w", t.Path, l.err)
			}
			return l.unlock, nil
		case <-moment.C:
			if waiting != nil {
				waiting()
			}
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
}
