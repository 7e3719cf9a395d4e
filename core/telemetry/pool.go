package telemetry

import (
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/opora-desk/opora/core/db"
)

// Pool registers the figures of the database's pool.
func Pool(registry prometheus.Registerer, d *db.DB) error {
	gauge := func(name, help string, value func() float64) prometheus.Collector {
		return prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: name, Help: help}, value)
	}
	counter := func(name, help string, value func(*pgxpool.Stat) float64) prometheus.Collector {
		return prometheus.NewCounterFunc(prometheus.CounterOpts{Name: name, Help: help}, func() float64 { return value(d.Stat()) })
	}
	for _, c := range append(d.Durations(),
		gauge("opora_db_connections", "Open connections.", func() float64 { return float64(d.Stat().TotalConns()) }),
		gauge("opora_db_connections_used", "Connections that work.", func() float64 { return float64(d.Stat().AcquiredConns()) }),
		gauge("opora_db_connections_idle", "Connections that are open and free.", func() float64 { return float64(d.Stat().IdleConns()) }),
		gauge("opora_db_connections_most", "The most connections that this node opens.", func() float64 { return float64(d.Stat().MaxConns()) }),
		gauge("opora_db_waiting", "Callers that wait for a connection.", func() float64 { return float64(d.Waiting()) }),
		counter("opora_db_acquires_total", "Times that a caller was given a connection.", func(s *pgxpool.Stat) float64 { return float64(s.AcquireCount()) }),
	) {
		if err := registry.Register(c); err != nil {
			return fmt.Errorf("register figures of the pool: %w", err)
		}
	}
	return nil
}
