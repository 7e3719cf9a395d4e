// Package config is what the program finds out about its surroundings before it does anything: the
// language of its console, and the file by which the commands of one data directory find each other's
// database.
//
// It reads no settings of desks or tenants; those live in the database.
//
// Invariants:
//  1. The instance file says where a running `opora up` is reached; a file that is left over from a
//     killed one harms nobody, since whoever reads it tries the address before believing it.
package config

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/opora-desk/opora/core/i18n"
)

const (
	instanceName = "opora.json"
	fileMode     = 0o600
)

// Lang picks the language of the console: what the flag says, else the locale of the environment, else
// Russian. A locale of any other language than Russian means English.
func Lang(flag string, getenv func(string) string) i18n.Lang {
	for _, locale := range []string{flag, getenv("LC_ALL"), getenv("LC_MESSAGES"), getenv("LANG")} {
		if locale == "" {
			continue
		}
		if strings.HasPrefix(strings.ToLower(locale), string(i18n.RU)) {
			return i18n.RU
		}
		return i18n.EN
	}
	return i18n.RU
}

// Instance says how the database and the door of one data directory are reached.
type Instance struct {
	// Address is the door's, as http://host:port.
	Address string `json:"address"`
	PID     int    `json:"pid"`
	// StartedAt is when `opora up` began.
	StartedAt time.Time `json:"started_at"`
	// AppURL is for the server's role, OwnerURL for migrations and SuperURL for backups: each a
	// connection string without a password, since only who may enter the socket's folder can use it.
	AppURL   string `json:"database_url"`
	OwnerURL string `json:"owner_database_url"`
	SuperURL string `json:"superuser_database_url"`
	// Programs is the folder of psql and pg_dump.
	Programs string `json:"postgres_programs"`
}

// Write keeps the instance in its data directory, readable by its owner alone.
func (i Instance) Write(data string) error {
	raw, err := json.MarshalIndent(i, "", "  ")
	if err != nil {
		return fmt.Errorf("write instance: %w", err)
	}
	return Replace(filepath.Join(data, instanceName), append(raw, '\n'))
}

// ReadInstance returns what a running or killed `opora up` left in a data directory.
func ReadInstance(data string) (Instance, error) {
	var i Instance
	raw, err := os.ReadFile(filepath.Join(data, instanceName)) //nolint:gosec // the caller names the data directory
	if err != nil {
		return i, fmt.Errorf("read instance: %w", err)
	}
	if err := json.Unmarshal(raw, &i); err != nil {
		return i, fmt.Errorf("read instance: %w", err)
	}
	return i, nil
}

// RemoveInstance says that nothing runs any more; a file that is not there is no error.
func RemoveInstance(data string) error {
	if err := os.Remove(filepath.Join(data, instanceName)); err != nil && !os.IsNotExist(err) {
		return fmt.Errorf("remove instance: %w", err)
	}
	return nil
}

// Replace writes a file whole, readable by its owner alone: a reader sees the old content or the new.
func Replace(path string, content []byte) error {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".new-*")
	if err != nil {
		return fmt.Errorf("make file: %w", err)
	}
	err = file.Chmod(fileMode)
	if err == nil {
		_, err = file.Write(content)
	}
	if closed := file.Close(); err == nil {
		err = closed
	}
	if err == nil {
		err = os.Rename(file.Name(), path)
	}
	if err != nil {
		_ = os.Remove(file.Name())
		return fmt.Errorf("write file: %w", err)
	}
	return nil
}
