package main

import (
	"sort"
	"sync"
	"syscall"
	"time"
)

// loopTimers sets very many timers that come due within one second.
func loopTimers(r *rounds) {
	late := make([]float64, r.items)
	r.repeat(func() map[string]float64 {
		var fired sync.WaitGroup
		fired.Add(r.items)
		before := cpuMicroseconds()
		lead := time.Duration(r.items) * 2 * time.Microsecond
		if lead < time.Second {
			lead = time.Second
		}
		start, random := time.Now(), uint32(1)
		for i := 0; i < r.items; i++ {
			i := i
			random = random*1664525 + 1013904223
			due := start.Add(lead + time.Duration(random>>8%1_000_000)*time.Microsecond)
			time.AfterFunc(time.Until(due), func() {
				late[i] = float64(time.Since(due)) / float64(time.Millisecond)
				fired.Done()
			})
		}
		fired.Wait()
		used := cpuMicroseconds() - before
		sort.Float64s(late)
		return map[string]float64{"value": used / float64(r.items), "p99 late ms": late[r.items/100*99], "most late ms": late[r.items-1]}
	})
}

func cpuMicroseconds() float64 {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return float64(usage.Utime.Nano()+usage.Stime.Nano()) / 1e3
}
