package main

import (
	"io"
	"net"
	"net/http"
	"os"
	"sync/atomic"
	"time"
)

const (
	getsInFlight = 500
	pageBytes    = 1024
	holdBack     = 50 * time.Millisecond
)

// latePages is the server for the clients of all languages.
func latePages() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	sayPort(listener)
	page := make([]byte, pageBytes)
	panic(http.Serve(listener, http.HandlerFunc(func(writer http.ResponseWriter, _ *http.Request) {
		time.Sleep(holdBack)
		writer.Write(page)
	})))
}

// loopGets asks the server that the session names.
func loopGets(r *rounds) {
	url := os.Getenv("BENCHMARK_URL")
	r.seconds(func() int {
		transport := &http.Transport{MaxIdleConnsPerHost: getsInFlight}
		defer transport.CloseIdleConnections()
		client := &http.Client{Transport: transport}
		var asked int64
		sums := make(chan int, getsInFlight)
		for worker := 0; worker < getsInFlight; worker++ {
			go func() {
				sum := 0
				for atomic.AddInt64(&asked, 1) <= int64(r.items) {
					sum += get(client, url)
				}
				sums <- sum
			}()
		}
		total := 0
		for worker := 0; worker < getsInFlight; worker++ {
			total += <-sums
		}
		return total
	}, r.items*pageBytes)
}

func get(client *http.Client, url string) int {
	response, err := client.Get(url)
	if err != nil {
		panic(err)
	}
	defer response.Body.Close()
	page, err := io.ReadAll(response.Body)
	if err != nil {
		panic(err)
	}
	return len(page)
}
