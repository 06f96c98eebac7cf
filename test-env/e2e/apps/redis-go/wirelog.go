// SPDX-License-Identifier: Apache-2.0

package main

import (
	"context"
	"encoding/base64"
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
	"unsafe"
)

// What connections moved, and when; lib/redis_log.py reads it.
type wireLog struct {
	lock  sync.Mutex
	lines []string
}

type loggedConn struct {
	net.Conn
	log *wireLog
}

const clockMonotonic = 1

func monotonic() int64 {
	var now syscall.Timespec
	syscall.Syscall(syscall.SYS_CLOCK_GETTIME, clockMonotonic, uintptr(unsafe.Pointer(&now)), 0)
	return now.Nano()
}

func (log *wireLog) dial(ctx context.Context, network, address string) (net.Conn, error) {
	conn, err := (&net.Dialer{}).DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &loggedConn{conn, log}, nil
}

func (conn *loggedConn) Read(data []byte) (int, error) {
	begin := monotonic()
	count, err := conn.Conn.Read(data)
	conn.add("receive", begin, data[:count])
	return count, err
}

func (conn *loggedConn) Write(data []byte) (int, error) {
	begin := monotonic()
	count, err := conn.Conn.Write(data)
	conn.add("send", begin, data[:count])
	return count, err
}

func (conn *loggedConn) add(way string, begin int64, data []byte) {
	end := monotonic()
	if len(data) == 0 {
		return
	}
	line := fmt.Sprintf(`{"port": %d, "way": "%s", "begin": %d, "end": %d, "data": "%s"}`+"\n",
		conn.LocalAddr().(*net.TCPAddr).Port, way, begin, end, base64.StdEncoding.EncodeToString(data))
	conn.log.lock.Lock()
	conn.log.lines = append(conn.log.lines, line)
	conn.log.lock.Unlock()
}

func (log *wireLog) write(path string) error {
	file, err := os.Create(path)
	if err != nil {
		return err
	}
	for _, line := range log.lines {
		if _, err := file.WriteString(line); err != nil {
			return err
		}
	}
	return file.Close()
}
