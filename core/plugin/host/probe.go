package host

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/opora-desk/opora/core/plugin/api"
)

// File is a binary in the folder of plugins.
type File struct {
	Name   string
	Path   string
	SHA256 string
}

// Probed is what a binary says of itself.
type Probed struct {
	Bundle api.Bundle
	Digest string
	SHA256 string
}

// Scan lists the binaries of the folder of plugins, by name; a folder that is not there has none. It
// runs none of them.
func (h *Host) Scan() ([]File, error) {
	entries, err := os.ReadDir(h.options.Dir)
	if os.IsNotExist(err) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read folder of plugins: %w", err)
	}
	var files []File
	for _, entry := range entries {
		path := filepath.Join(h.options.Dir, entry.Name())
		info, err := os.Stat(path)
		if err != nil || !info.Mode().IsRegular() || info.Mode()&0o111 == 0 || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		sum, err := Sum(path)
		if err != nil {
			return nil, err
		}
		files = append(files, File{Name: entry.Name(), Path: path, SHA256: sum})
	}
	return files, nil
}

// Sum returns the SHA-256 of a binary, in hex.
func Sum(path string) (string, error) {
	file, err := os.Open(path) //nolint:gosec // a path that an operator gave
	if err != nil {
		return "", fmt.Errorf("open binary: %w", err)
	}
	defer func() { _ = file.Close() }()
	sum := sha256.New()
	if _, err := io.Copy(sum, file); err != nil {
		return "", fmt.Errorf("read binary: %w", err)
	}
	return hex.EncodeToString(sum.Sum(nil)), nil
}

// Probe starts a binary, asks what it is and ends it; it takes as long as the binary does, at most the
// time to start and to exit.
func (h *Host) Probe(ctx context.Context, path string) (Probed, error) {
	h.mu.Lock()
	if h.closed {
		h.mu.Unlock()
		return Probed{}, errClosed
	}
	h.stopping.Add(1)
	h.mu.Unlock()
	defer h.stopping.Done()
	absolute, err := filepath.Abs(path)
	if err != nil {
		return Probed{}, fmt.Errorf("find binary: %w", err)
	}
	sum, err := Sum(absolute)
	if err != nil {
		return Probed{}, err
	}
	name := filepath.Base(path)
	p, err := h.launch(ctx, Build{System: name, Path: absolute, SHA256: sum}, newPump(name, h.options.Logger, h.options.Clock))
	if err != nil {
		return Probed{}, fmt.Errorf("probe %s: %w", name, err)
	}
	bundle := p.remote.Bundle()
	p.stop(ctx)
	return Probed{Bundle: bundle, Digest: bundle.Digest(), SHA256: sum}, nil
}
