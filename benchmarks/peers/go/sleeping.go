package main

import (
	"os"
	"strconv"
	"strings"
	"sync"
	"time"
)

// loopSleeping has very many goroutines asleep at once.
func loopSleeping(r *rounds) {
	r.repeat(func() map[string]float64 {
		span := time.Duration(r.items/100_000) * time.Second
		if span < 3*time.Second {
			span = 3 * time.Second
		}
		var started, ended sync.WaitGroup
		started.Add(r.items)
		ended.Add(r.items)
		before, start := peakMemory(), time.Now()
		for i := 0; i < r.items; i++ {
			go func() {
				started.Done()
				time.Sleep(span)
				ended.Done()
			}()
		}
		started.Wait()
		seconds := time.Since(start).Seconds()
		ended.Wait()
		return map[string]float64{"value": float64(peakMemory()-before) / float64(r.items), "create s": seconds}
	})
}

// peakMemory is not getrusage's figure: that begins with the parent's.
func peakMemory() int {
	text, err := os.ReadFile("/proc/self/status")
	if err != nil {
		skip("peak memory is read from /proc")
	}
	kilobytes, err := strconv.Atoi(strings.Fields(strings.SplitAfter(string(text), "VmHWM:")[1])[0])
	if err != nil {
		panic(err)
	}
	return kilobytes * 1024
}
