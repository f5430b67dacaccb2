package main

import (
	"fmt"
	"io"
	"net"
	"os"
)

// echo serves TCP: it says on which port it listens and ends when standard input does.
func echo() {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		panic(err)
	}
	sayPort(listener)
	for {
		connection, err := listener.Accept()
		if err != nil {
			panic(err)
		}
		go echoTo(connection)
	}
}

func echoTo(connection net.Conn) {
	defer connection.Close()
	buffer := make([]byte, 4096)
	for {
		length, err := connection.Read(buffer)
		if err != nil {
			return
		}
		if _, err := connection.Write(buffer[:length]); err != nil {
			return
		}
	}
}

// sayPort tells the benchmark where the server listens, and ends the program with standard input.
func sayPort(listener net.Listener) {
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	go func() {
		io.Copy(io.Discard, os.Stdin)
		os.Exit(0)
	}()
}
