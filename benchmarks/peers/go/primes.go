package main

import (
	"sync"
	"sync/atomic"
)

const chunkWidth = 15_625

func isPrime(number int32) bool {
	for divisor := int32(2); divisor*divisor <= number; divisor++ {
		if number%divisor == 0 {
			return false
		}
	}
	return true
}

func countPrimes(chunk int) int {
	first := int32(chunk * chunkWidth)
	count := 0
	for number := first; number < first+chunkWidth; number++ {
		if number >= 2 && isPrime(number) {
			count++
		}
	}
	return count
}

// primes compares a plain loop with two goroutines that take the next chunk when they are done with one.
func primes(r *rounds) {
	plainLoop := func() int {
		sum := 0
		for chunk := 0; chunk < r.items; chunk++ {
			sum += countPrimes(chunk)
		}
		return sum
	}
	r.speedUp(plainLoop, func() int {
		var next, sum int64
		var running sync.WaitGroup
		running.Add(workers)
		for worker := 0; worker < workers; worker++ {
			go func() {
				defer running.Done()
				for {
					chunk := int(atomic.AddInt64(&next, 1)) - 1
					if chunk >= r.items {
						return
					}
					atomic.AddInt64(&sum, int64(countPrimes(chunk)))
				}
			}()
		}
		running.Wait()
		return int(sum)
	})
}
