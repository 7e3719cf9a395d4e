package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/desk"
)

const (
	benchPartLive   = "live"
	benchLiveLimit  = "NOTIFY to LISTEN, bare"
	benchLiveEach   = 10 // filings of a round for each second of measurement
	benchLiveWithin = 15 * time.Second
)

// live measures how long after its commit a ticket is a job of the dispatcher and an entry of a live
// screen. The node runs in this process, so that the moment after the commit is known.
func (b *bench) live(ctx context.Context) (err error) {
	if err := b.world.forget(ctx); err != nil {
		return err
	}
	d, err := openDoor(ctx, "127.0.0.1:0", 12_000, b.world.log)
	if err != nil {
		return err
	}
	n, err := newNode(ctx, nodeOptions{
		databaseURL: b.world.appURL(), connections: upPool, files: filepath.Join(b.world.data, filesName),
		plugins: filepath.Join(b.world.data, "no-plugins"), log: b.world.log,
	})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, n.close(ctx, d)) }()
	n.run(ctx)
	d.use(n.handler(d, nil))
	screen, err := b.openScreen(ctx, d.listener.Addr().String(), &b.world.tenants[0])
	if err != nil {
		return err
	}
	defer func() { _ = screen.conn.Close() }()
	limitConn, err := pgx.Connect(ctx, b.world.cluster.SuperuserURL(databaseName))
	if err != nil {
		return fmt.Errorf("connect to listen: %w", err)
	}
	defer func() { _ = limitConn.Close(context.WithoutCancel(ctx)) }()
	if _, err := limitConn.Exec(ctx, "listen opora_bench"); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	var limits, screens, jobs []float64
	times := max(3, int(b.Seconds*benchLiveEach))
	for range b.Rounds {
		bare, err := b.bareNotify(ctx, limitConn, times)
		if err != nil {
			return err
		}
		toScreen, toJob, err := b.liveRound(ctx, n, screen, times)
		if err != nil {
			return err
		}
		limits, screens, jobs = append(limits, bare), append(screens, toScreen), append(jobs, toJob)
	}
	b.table.add(benchRow{section: benchPartLive, figure: "commit to live screen (SSE)", unit: "ms", ours: screens, limit: limits, limitIs: benchLiveLimit})
	b.table.add(benchRow{section: benchPartLive, figure: "commit to the dispatcher's job", unit: "ms", ours: jobs, limit: limits, limitIs: benchLiveLimit})
	return b.world.forget(ctx)
}

// bareNotify is the median of a notification's way through the server.
func (b *bench) bareNotify(ctx context.Context, listener *pgx.Conn, times int) (float64, error) {
	return b.benchTimes(ctx, times, func(ctx context.Context, _ int) error {
		heard := make(chan error, 1)
		go func() {
			_, err := listener.WaitForNotification(ctx)
			heard <- err
		}()
		if _, err := b.world.super.Exec(ctx, "notify opora_bench"); err != nil {
			return fmt.Errorf("notify: %w", err)
		}
		return <-heard
	})
}

// liveRound files tickets at odd moments; both figures are medians in milliseconds.
func (b *bench) liveRound(ctx context.Context, n *node, screen *benchScreen, times int) (toScreen, toJob float64, err error) {
	var screens, jobs []float64
	t := &b.world.tenants[0]
	for i := range times {
		wait(ctx, time.Duration(60+rand.IntN(60))*time.Millisecond) //nolint:gosec // odd moments hide nothing
		var last int64
		if err := b.world.super.QueryRow(ctx, `select coalesce(max(id), 0) from river_job`).Scan(&last); err != nil {
			return 0, 0, fmt.Errorf("look for jobs: %w", err)
		}
		d := b.world.deskOf(0, i)
		filed, err := n.desk.Submit(ctx, t.people[i%len(t.people)].actor, desk.SubmitInput{Desk: d.slug, Form: d.form, Fields: d.fields})
		if err != nil {
			return 0, 0, err
		}
		committed := b.t.clock.Now()
		made := make(chan error, 1)
		var jobAt time.Time
		go func() {
			made <- b.awaitJob(ctx, last)
			jobAt = b.t.clock.Now()
			made <- nil
		}()
		seenAt, err := screen.await(filed.Number, benchLiveWithin)
		if err != nil {
			return 0, 0, err
		}
		if err := errOr(<-made, <-made); err != nil {
			return 0, 0, err
		}
		screens, jobs = append(screens, max(benchMillis(seenAt.Sub(committed)), 0)), append(jobs, benchMillis(jobAt.Sub(committed)))
	}
	return benchMedian(screens), benchMedian(jobs), nil
}

// deskOf is one of a tenant's desks.
func (w *benchWorld) deskOf(tenant, n int) *benchDesk {
	var own []*benchDesk
	for i := range w.desks {
		if w.desks[i].tenant == tenant {
			own = append(own, &w.desks[i])
		}
	}
	return own[n%len(own)]
}

func (b *bench) awaitJob(ctx context.Context, after int64) error {
	for end := b.t.clock.Now().Add(benchLiveWithin); b.t.clock.Now().Before(end); wait(ctx, 500*time.Microsecond) {
		var there bool
		if err := b.world.super.QueryRow(ctx, `select exists (select from river_job where id > $1)`, after).Scan(&there); err != nil {
			return fmt.Errorf("look for jobs: %w", err)
		}
		if there {
			return nil
		}
	}
	return errors.New("the dispatcher made no job in time")
}

// benchScreen is an agent's live screen.
type benchScreen struct {
	b     *bench
	conn  net.Conn
	seen  chan benchSeen
	ended chan error
}

type benchSeen struct {
	line string
	at   time.Time
}

func (b *bench) openScreen(ctx context.Context, address string, t *benchTenant) (*benchScreen, error) {
	c, err := dialBench(ctx, address)
	if err != nil {
		return nil, err
	}
	if _, err := c.conn.Write(benchRequest("GET", benchTenantPath(t.slug)+"/stream", address, string(t.agent.token), nil)); err != nil {
		return nil, fmt.Errorf("open screen: %w", err)
	}
	status, _, _, err := c.head()
	if err != nil {
		return nil, err
	}
	if status != 200 {
		return nil, fmt.Errorf("%w: status %d", errBenchStatus, status)
	}
	s := &benchScreen{b: b, conn: c.conn, seen: make(chan benchSeen, 1000), ended: make(chan error, 1)}
	go s.read(c.in)
	return s, nil
}

func (s *benchScreen) read(in *bufio.Reader) {
	for {
		line, err := in.ReadString('\n')
		if err != nil {
			if errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
				err = errors.New("screen was closed")
			}
			s.ended <- err
			return
		}
		select {
		case s.seen <- benchSeen{line: line, at: s.b.t.clock.Now()}:
		default:
		}
	}
}

// await returns when the line with a text came.
func (s *benchScreen) await(text string, within time.Duration) (time.Time, error) {
	late := time.NewTimer(within)
	defer late.Stop()
	for {
		select {
		case got := <-s.seen:
			if strings.Contains(got.line, text) {
				return got.at, nil
			}
		case err := <-s.ended:
			return time.Time{}, err
		case <-late.C:
			return time.Time{}, errors.New("the screen showed nothing in time")
		}
	}
}
