package main

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/config"
	"github.com/opora-desk/opora/core/db"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/pgembed"
	"github.com/opora-desk/opora/core/telemetry"
)

const (
	toolPool      = 4
	reachWithin   = 3 * time.Second
	defaultData   = ".data"
	clusterFolder = "database"
)

// installFlags say which installation a command is about: that of a data directory, whether it runs or
// not, or that of a database's address.
type installFlags struct {
	Data        string `help:"${help_data_of}" type:"path" placeholder:"DIR"`
	DatabaseURL string `name:"database-url" env:"OPORA_DATABASE_URL" help:"${help_database_url}" placeholder:"URL"`
	Attachments string `help:"${help_attachments}" type:"path" env:"OPORA_ATTACHMENTS" placeholder:"DIR"`
}

// installation is what a command works on.
type installation struct {
	desk *desk.Service
	// ended stops what was started for the command alone.
	ended []func()
}

func (i *installation) close() {
	for n := len(i.ended) - 1; n >= 0; n-- {
		i.ended[n]()
	}
}

// open connects to a running installation, or starts the database of one that does not run for as long
// as the command lasts.
func (f installFlags) open(ctx context.Context, t *terminal) (*installation, error) {
	i := &installation{}
	pool, files, err := f.connect(ctx, t, i)
	if err == nil {
		i.ended = append(i.ended, pool.Close)
		err = f.fill(ctx, t, i, pool, files)
	}
	if err != nil {
		i.close()
		return nil, err
	}
	return i, nil
}

func (f installFlags) fill(ctx context.Context, t *terminal, i *installation, pool *db.DB, files string) error {
	if err := pool.CheckRole(ctx); err != nil {
		return err
	}
	blobs, err := attachment.NewDisk(files)
	if err != nil {
		return err
	}
	log, err := telemetry.NewLogger(t.errOut, telemetry.Text, "error")
	if err != nil {
		return err
	}
	i.desk, err = desk.New(ctx, desk.Options{DB: pool, Clock: clock.System{}, Blobs: blobs, Log: log})
	return err
}

func (f installFlags) connect(ctx context.Context, t *terminal, i *installation) (*db.DB, string, error) {
	if f.DatabaseURL != "" && f.Data == "" {
		files := f.Attachments
		if files == "" {
			files = filesName
		}
		pool, err := db.Open(ctx, f.DatabaseURL, toolPool)
		return pool, files, err
	}
	data := f.dir()
	files := filepath.Join(data, filesName)
	if pool := reach(ctx, data); pool != nil {
		return pool, files, nil
	}
	if _, err := os.Stat(filepath.Join(data, clusterFolder)); errors.Is(err, fs.ErrNotExist) {
		return nil, "", refuse("cli.error.no_data", arg("data", data))
	}
	cluster, err := pgembed.Start(ctx, pgembed.Options{DataDir: data})
	if err != nil {
		return nil, "", clusterRefusal(data, err)
	}
	t.warn("cli.database_started", arg("data", data))
	i.ended = append(i.ended, func() {
		bounded, cancel := context.WithTimeout(context.WithoutCancel(ctx), stopLimit)
		defer cancel()
		_ = cluster.Stop(bounded)
	})
	if err := db.Bootstrap(ctx, cluster.SuperuserURL("postgres"), databaseName); err != nil {
		return nil, "", err
	}
	if _, err := db.Migrate(ctx, cluster.URL(db.RoleOwner, databaseName)); err != nil {
		return nil, "", err
	}
	pool, err := db.Open(ctx, cluster.URL(db.RoleApp, databaseName), toolPool)
	return pool, files, err
}

func (f installFlags) dir() string {
	if f.Data != "" {
		return f.Data
	}
	return defaultData
}

// reach connects to the database of a running `opora up`, nil where none answers.
func reach(ctx context.Context, data string) *db.DB {
	instance, err := config.ReadInstance(data)
	if err != nil {
		return nil
	}
	ctx, cancel := context.WithTimeout(ctx, reachWithin)
	defer cancel()
	pool, err := db.Open(ctx, instance.AppURL, toolPool)
	if err != nil {
		return nil
	}
	return pool
}
