package main

import "runtime"

const tasks = 100

// loopSwitches lets a hundred goroutines give way to each other; the session sets GOMAXPROCS to 1.
func loopSwitches(r *rounds) {
	times := r.items / tasks
	r.rate(func() int {
		done := make(chan int, tasks)
		for task := 0; task < tasks; task++ {
			go func() {
				for i := 0; i < times; i++ {
					runtime.Gosched()
				}
				done <- times
			}()
		}
		sum := 0
		for task := 0; task < tasks; task++ {
			sum += <-done
		}
		return sum
	}, times*tasks)
}
