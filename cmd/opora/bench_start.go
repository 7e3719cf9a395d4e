package main

import (
	"context"
	"fmt"
	"maps"
	"os"
	"slices"

	"github.com/opora-desk/opora/core/pgembed"
)

const benchPartStart = "start"

func benchSortedKeys[V any](m map[string]V) []string { return slices.Sorted(maps.Keys(m)) }

// start measures `opora up` from the command to /readyz, in an empty folder and in one that was used,
// beside a private PostgreSQL by itself.
func (b *bench) start(ctx context.Context) error {
	var cold, warm, coldLimit, warmLimit []float64
	for range b.Rounds {
		bare, err := b.startsOf(func(data string) (float64, error) { return b.startDatabase(ctx, data) })
		if err != nil {
			return err
		}
		own, err := b.startsOf(func(data string) (float64, error) { return b.startUp(ctx, data) })
		if err != nil {
			return err
		}
		coldLimit, warmLimit = append(coldLimit, bare[0]), append(warmLimit, bare[1])
		cold, warm = append(cold, own[0]), append(warm, own[1])
	}
	b.table.add(benchRow{section: benchPartStart, figure: "opora up, empty folder", unit: "ms", ours: cold, limit: coldLimit, limitIs: "initdb and PostgreSQL alone"})
	b.table.add(benchRow{section: benchPartStart, figure: "opora up, used folder", unit: "ms", ours: warm, limit: warmLimit, limitIs: "PostgreSQL alone"})
	return nil
}

// startsOf starts something twice in one folder.
func (b *bench) startsOf(once func(data string) (float64, error)) (out [2]float64, err error) {
	dir, data, err := benchScratch()
	if err != nil {
		return out, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	for i := range out {
		if out[i], err = once(data); err != nil {
			return out, err
		}
	}
	return out, nil
}

func (b *bench) startDatabase(ctx context.Context, data string) (float64, error) {
	began := b.t.clock.Now()
	cluster, err := pgembed.Start(ctx, pgembed.Options{DataDir: data})
	if err != nil {
		return 0, fmt.Errorf("start PostgreSQL: %w", err)
	}
	took := benchMillis(b.t.clock.Now().Sub(began))
	return took, cluster.Stop(ctx)
}

func (b *bench) startUp(ctx context.Context, data string) (float64, error) {
	began := b.t.clock.Now()
	server, err := b.startChild(ctx, "up", "--data", data, "--plugins", b.Plugins)
	if err != nil {
		return 0, err
	}
	took := benchMillis(b.t.clock.Now().Sub(began))
	return took, server.stop()
}
