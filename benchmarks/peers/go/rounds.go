package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

const shortestWarmup = time.Second

// rounds is the frame of every measurement: the first rounds warm up, the others are counted.
type rounds struct {
	items, warmups, counted int
	figures                 map[string][]float64
}

// rate records items per second.
func (r *rounds) rate(round func() int, expected int) {
	r.repeat(func() map[string]float64 { return map[string]float64{"value": float64(r.items) / timed(round, expected)} })
}

// seconds records the time of a round.
func (r *rounds) seconds(round func() int, expected int) {
	r.repeat(func() map[string]float64 { return map[string]float64{"value": timed(round, expected)} })
}

// timed runs one round and returns its seconds.
func timed(round func() int, expected int) float64 {
	start := time.Now()
	result := round()
	seconds := time.Since(start).Seconds()
	if result != expected {
		panic(fmt.Sprintf("a round gave %d instead of %d", result, expected))
	}
	return seconds
}

// speedUp records how many times as fast as a plain loop two workers are.
func (r *rounds) speedUp(plainLoop, onTwoWorkers func() int) {
	r.repeat(func() map[string]float64 {
		start := time.Now()
		expected := plainLoop()
		plain := time.Since(start).Seconds()
		start = time.Now()
		result := onTwoWorkers()
		onTwo := time.Since(start).Seconds()
		if result != expected {
			panic(fmt.Sprintf("two workers gave %d, the plain loop %d", result, expected))
		}
		return map[string]float64{"value": plain / onTwo, "plain loop s": plain, "2 workers s": onTwo}
	})
}

// repeat runs the rounds, each of which returns its figures.
func (r *rounds) repeat(round func() map[string]float64) {
	start := time.Now()
	for number := 0; number < r.warmups || (r.warmups > 0 && time.Since(start) < shortestWarmup); number++ {
		round()
	}
	for number := 0; number < r.counted; number++ {
		for name, value := range round() {
			r.figures[name] = append(r.figures[name], value)
		}
	}
}

// skip ends the program because it cannot measure here.
func skip(reason string) {
	fmt.Fprintln(os.Stderr, reason)
	os.Exit(77)
}

func trivialSum(items int) int { return items * (items + 1) / 2 }

// main takes VARIANT ITEMS WARMUPS COUNTED and prints one JSON line; a server takes its VARIANT only and serves.
func main() {
	if serve, isServer := map[string]func(){"echo": echo, "late-pages": latePages}[os.Args[1]]; isServer {
		serve()
		return
	}
	variants := map[string]func(*rounds){
		"threads-map":   threadsMap,
		"threads-run":   threadsRun,
		"loop-switches": loopSwitches,
		"loop-sleeping": loopSleeping,
		"loop-timers":   loopTimers,
		"loop-gets":     loopGets,
		"primes":        primes,
	}
	r := &rounds{number(2), number(3), number(4), map[string][]float64{}}
	variants[os.Args[1]](r)
	line, err := json.Marshal(r.figures)
	if err != nil {
		panic(err)
	}
	fmt.Println(string(line))
}

func number(position int) int {
	value, err := strconv.Atoi(os.Args[position])
	if err != nil {
		panic(err)
	}
	return value
}
