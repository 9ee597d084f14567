package main

import (
	"fmt"
	"io"
	"runtime"
	"slices"
	"time"
)

// variant is one way to do what a case is about.
type variant struct {
	name string
	run  func(n int) error // n times
}

// result is the median of a variant's rounds, for one time.
type result struct {
	ns     float64
	allocs float64
	bytes  float64
}

// round is about how long a variant runs at a time.
const round = 60 * time.Millisecond

// compare runs the variants in turn.
func compare(rounds int, variants []variant) ([]result, error) {
	n, err := calibrate(variants[0])
	if err != nil {
		return nil, err
	}
	samples := make([][]result, len(variants))
	for range rounds {
		for i, v := range variants {
			s, err := sample(v, n)
			if err != nil {
				return nil, fmt.Errorf("%s: %w", v.name, err)
			}
			samples[i] = append(samples[i], s)
		}
	}
	results := make([]result, len(variants))
	for i, s := range samples {
		results[i] = result{
			ns:     median(s, func(r result) float64 { return r.ns }),
			allocs: median(s, func(r result) float64 { return r.allocs }),
			bytes:  median(s, func(r result) float64 { return r.bytes }),
		}
	}
	return results, nil
}

// calibrate finds how many times fill a round.
func calibrate(v variant) (int, error) {
	for n := 1; ; n *= 2 {
		start := time.Now()
		if err := v.run(n); err != nil {
			return 0, fmt.Errorf("%s: %w", v.name, err)
		}
		if took := time.Since(start); took > round/2 {
			return max(1, int(float64(n)*float64(round)/float64(took))), nil
		}
	}
}

func sample(v variant, n int) (result, error) {
	runtime.GC()
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	start := time.Now()
	err := v.run(n)
	took := time.Since(start)
	runtime.ReadMemStats(&after)
	return result{
		ns:     float64(took.Nanoseconds()) / float64(n),
		allocs: float64(after.Mallocs-before.Mallocs) / float64(n),
		bytes:  float64(after.TotalAlloc-before.TotalAlloc) / float64(n),
	}, err
}

func median(s []result, of func(result) float64) float64 {
	values := make([]float64, len(s))
	for i, r := range s {
		values[i] = of(r)
	}
	slices.Sort(values)
	return values[len(values)/2]
}

// report writes the results of a case; base is the variant to compare with.
func report(w io.Writer, name string, base int, variants []variant, results []result) {
	for i, v := range variants {
		fmt.Fprintf(w, "| %s | %s | %s | %.2f | %.0f | %.0f |\n",
			name, v.name, duration(results[i].ns), results[i].ns/results[base].ns, results[i].allocs, results[i].bytes)
		name = ""
	}
}

func duration(ns float64) string {
	switch {
	case ns < 1e3:
		return fmt.Sprintf("%.0f ns", ns)
	case ns < 1e6:
		return fmt.Sprintf("%.1f µs", ns/1e3)
	}
	return fmt.Sprintf("%.2f ms", ns/1e6)
}
