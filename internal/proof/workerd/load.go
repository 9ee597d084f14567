package workerd

import (
	"fmt"
	"sync"
)

// Load has clients call f until each of the numbers below requests has been
// given to one of them, and returns what failed.
func Load(clients, requests int, f func(i int) error) []error {
	work := make(chan int)
	var failed []error
	var mu sync.Mutex
	var group sync.WaitGroup
	for range clients {
		group.Go(func() {
			for i := range work {
				if err := f(i); err != nil {
					mu.Lock()
					failed = append(failed, fmt.Errorf("request %d: %w", i, err))
					mu.Unlock()
				}
			}
		})
	}
	for i := range requests {
		work <- i
	}
	close(work)
	group.Wait()
	return failed
}
