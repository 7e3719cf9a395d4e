package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// benchLoad keeps clients busy for a time, each one doing the next as soon as the last is done, and
// returns how many a second were done. Do gets the client and the number of its call.
func (b *bench) benchLoad(ctx context.Context, clients int, span time.Duration, do func(ctx context.Context, client, call int) error) (float64, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var done atomic.Int64
	var working sync.WaitGroup
	failures := make(chan error, clients)
	began := b.t.clock.Now()
	until := began.Add(span)
	for client := range clients {
		working.Go(func() {
			for call := 0; ctx.Err() == nil && b.t.clock.Now().Before(until); call++ {
				if err := do(ctx, client, call); err != nil {
					failures <- err
					cancel()
					return
				}
				done.Add(1)
			}
		})
	}
	working.Wait()
	took := b.t.clock.Now().Sub(began)
	select {
	case err := <-failures:
		return 0, err
	default:
	}
	if ctx.Err() != nil {
		return 0, ctx.Err()
	}
	return float64(done.Load()) / took.Seconds(), nil
}

// benchTimes runs something a number of times and returns the median in milliseconds.
func (b *bench) benchTimes(ctx context.Context, times int, do func(ctx context.Context, n int) error) (float64, error) {
	all := make([]float64, 0, times)
	for n := range times {
		began := b.t.clock.Now()
		if err := do(ctx, n); err != nil {
			return 0, err
		}
		all = append(all, benchMillis(b.t.clock.Now().Sub(began)))
	}
	return benchMedian(all), nil
}

func benchMillis(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// benchClient is one keep-alive connection that speaks just enough HTTP/1.1 to load a server without
// taking the processor from it, as pgbench does for the database.
type benchClient struct {
	conn net.Conn
	in   *bufio.Reader
	host string
	body []byte
}

func dialBench(ctx context.Context, address string) (*benchClient, error) {
	conn, err := (&net.Dialer{Timeout: 10 * time.Second}).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	return &benchClient{conn: conn, in: bufio.NewReaderSize(conn, 16<<10), host: address}, nil
}

func (c *benchClient) close() { _ = c.conn.Close() }

// request writes a request; it is made once and sent often.
func benchRequest(method, path, host, token string, body []byte) []byte {
	var r strings.Builder
	fmt.Fprintf(&r, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, path, host)
	if token != "" {
		fmt.Fprintf(&r, "Authorization: Bearer %s\r\n", token)
	}
	if body != nil {
		fmt.Fprintf(&r, "Content-Type: application/json\r\nContent-Length: %d\r\n", len(body))
	}
	r.WriteString("\r\n")
	return append([]byte(r.String()), body...)
}

// errBenchStatus is an answer that a measurement does not expect.
var errBenchStatus = errors.New("unexpected answer")

// do sends a request and reads its answer. The body stays valid until the next call.
func (c *benchClient) do(request []byte) (status int, body []byte, err error) {
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, fmt.Errorf("send request: %w", err)
	}
	status, length, chunked, err := c.head()
	if err != nil {
		return 0, nil, err
	}
	if chunked {
		return status, c.body, c.chunks()
	}
	if cap(c.body) < length {
		c.body = make([]byte, length)
	}
	c.body = c.body[:length]
	if _, err := io.ReadFull(c.in, c.body); err != nil {
		return 0, nil, fmt.Errorf("read answer: %w", err)
	}
	return status, c.body, nil
}

// expect is do that takes one status alone for a success.
func (c *benchClient) expect(want int, request []byte) ([]byte, error) {
	status, body, err := c.do(request)
	if err == nil && status != want {
		err = fmt.Errorf("%w: status %d: %.300s", errBenchStatus, status, body)
	}
	return body, err
}

func (c *benchClient) head() (status, length int, chunked bool, err error) {
	line, err := c.in.ReadSlice('\n')
	if err != nil {
		return 0, 0, false, fmt.Errorf("read answer: %w", err)
	}
	if len(line) < 12 {
		return 0, 0, false, fmt.Errorf("%w: %q", errBenchStatus, line)
	}
	if status, err = strconv.Atoi(string(line[9:12])); err != nil {
		return 0, 0, false, fmt.Errorf("read status: %w", err)
	}
	for {
		line, err = c.in.ReadSlice('\n')
		if err != nil {
			return 0, 0, false, fmt.Errorf("read header: %w", err)
		}
		text := strings.TrimSpace(string(line))
		if text == "" {
			return status, length, chunked, nil
		}
		name, value, _ := strings.Cut(text, ":")
		switch strings.ToLower(name) {
		case "content-length":
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return 0, 0, false, fmt.Errorf("read length: %w", err)
			}
		case "transfer-encoding":
			chunked = true
		}
	}
}

func (c *benchClient) chunks() error {
	c.body = c.body[:0]
	for {
		line, err := c.in.ReadSlice('\n')
		if err != nil {
			return fmt.Errorf("read chunk: %w", err)
		}
		size, err := strconv.ParseInt(strings.TrimSpace(string(line)), 16, 32)
		if err != nil {
			return fmt.Errorf("read chunk's size: %w", err)
		}
		at := len(c.body)
		c.body = append(c.body, make([]byte, size+2)...)
		if _, err := io.ReadFull(c.in, c.body[at:]); err != nil {
			return fmt.Errorf("read chunk: %w", err)
		}
		c.body = c.body[:at+int(size)]
		if size == 0 {
			return nil
		}
	}
}
