package main

import "sync"

const (
	workers  = 2
	inFlight = 1000
)

func addOne(x int) int { return x + 1 }

// threadsMap sends each item to one of two goroutines and gathers the results.
func threadsMap(r *rounds) {
	r.rate(func() int {
		items, results := make(chan int, inFlight), make(chan int, inFlight)
		var running sync.WaitGroup
		running.Add(workers)
		for worker := 0; worker < workers; worker++ {
			go func() {
				defer running.Done()
				for x := range items {
					results <- addOne(x)
				}
			}()
		}
		go func() {
			for x := 0; x < r.items; x++ {
				items <- x
			}
			close(items)
			running.Wait()
			close(results)
		}()
		sum := 0
		for result := range results {
			sum += result
		}
		return sum
	}, trivialSum(r.items))
}

// threadsRun starts a goroutine for each call, a thousand at once.
func threadsRun(r *rounds) {
	results := make([]int, inFlight)
	r.rate(func() int {
		sum := 0
		for first := 0; first < r.items; first += inFlight {
			var running sync.WaitGroup
			running.Add(inFlight)
			for i := 0; i < inFlight; i++ {
				go func(i int) {
					defer running.Done()
					results[i] = addOne(first + i)
				}(i)
			}
			running.Wait()
			for _, result := range results {
				sum += result
			}
		}
		return sum
	}, trivialSum(r.items))
}
