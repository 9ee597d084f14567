package main

import (
	"cmp"
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// variant is one way to do what a case is about.
type variant struct {
	name  string
	run   func(n int) error // n times
	clean func() error      // undoes what was run and is not measured; nil: nothing to undo
	most  int               // how many times run is asked for before clean; 0: any number
}

// sample is what one time took.
type sample struct{ ns, allocs, bytes float64 }

// result is the median of a variant's samples. ratio is the median of its times
// divided by the first variant's in the same round: what slows the machine for
// a while slows both.
type result struct {
	sample
	ratio float64
}

// slice is about how long a variant runs at a time.
const slice = 30 * time.Millisecond

// compare runs the variants in turn, and the other way round every second time.
func compare(rounds int, variants []variant) ([]result, error) {
	n, err := calibrate(variants[0])
	if err != nil {
		return nil, err
	}
	samples := make([][]sample, len(variants))
	for r := range rounds {
		for i := range variants {
			if r%2 == 1 {
				i = len(variants) - 1 - i
			}
			s, err := take(variants[i], n)
			if err != nil {
				return nil, err
			}
			samples[i] = append(samples[i], s)
		}
	}
	results := make([]result, len(variants))
	for i, s := range samples {
		ratios := make([]float64, rounds)
		for r := range ratios {
			ratios[r] = s[r].ns / samples[0][r].ns
		}
		results[i] = result{
			sample: sample{
				ns:     median(s, func(s sample) float64 { return s.ns }),
				allocs: median(s, func(s sample) float64 { return s.allocs }),
				bytes:  median(s, func(s sample) float64 { return s.bytes }),
			},
			ratio: median(ratios, func(r float64) float64 { return r }),
		}
	}
	return results, nil
}

// calibrate finds how many times fill a slice.
func calibrate(v variant) (int, error) {
	for n := 1; ; n *= 2 {
		s, err := take(v, n)
		if err != nil {
			return 0, err
		}
		if took := s.ns * float64(n); took > float64(slice)/2 {
			return max(1, int(float64(slice)/s.ns)), nil
		}
	}
}

// take runs the variant n times.
func take(v variant, n int) (sample, error) {
	runtime.GC()
	var total sample
	for left := n; left > 0; {
		times := left
		if v.most > 0 {
			times = min(left, v.most)
		}
		left -= times
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		start := time.Now()
		err := v.run(times)
		took := time.Since(start)
		runtime.ReadMemStats(&after)
		if err == nil && v.clean != nil {
			err = v.clean()
		}
		if err != nil {
			return sample{}, fmt.Errorf("%s: %w", v.name, err)
		}
		total.ns += float64(took.Nanoseconds())
		total.allocs += float64(after.Mallocs - before.Mallocs)
		total.bytes += float64(after.TotalAlloc - before.TotalAlloc)
	}
	return sample{total.ns / float64(n), total.allocs / float64(n), total.bytes / float64(n)}, nil
}

func median[S any, N cmp.Ordered](samples []S, of func(S) N) N {
	values := make([]N, len(samples))
	for i, s := range samples {
		values[i] = of(s)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// report measures a case and writes its part of the table.
func report(w io.Writer, rounds int, name string, variants []variant) error {
	results, err := compare(rounds, variants)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	for i, r := range results {
		fmt.Fprintf(w, "| %s | %s | %s | %.2f | %.0f | %.0f |\n", name, variants[i].name, duration(r.ns), r.ratio, r.allocs, r.bytes)
		name = ""
	}
	return nil
}

// duration has three digits that matter.
func duration(ns float64) string {
	for _, unit := range []struct {
		ns   float64
		name string
	}{{1e6, "ms"}, {1e3, "µs"}} {
		if ns >= unit.ns {
			return fmt.Sprintf("%.3g %s", ns/unit.ns, unit.name)
		}
	}
	return fmt.Sprintf("%.3g ns", ns)
}
