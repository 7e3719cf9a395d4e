package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
)

const (
	benchPartScreens = "screens"
	// benchScreensAt is the size of the table at which the browser looks at it.
	benchScreensAt = 100_000
)

// benchDrawn is a line of the script that drives the browser.
type benchDrawn struct {
	Figure  string    `json:"figure"`
	Unit    string    `json:"unit"`
	Ours    []float64 `json:"ours"`
	Limit   []float64 `json:"limit"`
	LimitIs string    `json:"limit_is"`
}

// screens measures in a real browser how long a person waits for a form and for a list, where the script
// for it was named.
func (b *bench) screens(ctx context.Context, address string, size int) error {
	if b.Screens == "" || size != benchScreensAt && !b.Quick {
		return nil
	}
	d := &b.world.desks[0]
	slug := b.world.tenants[0].slug
	script := exec.CommandContext(ctx, "node", b.Screens) //nolint:gosec // the file that the caller named
	script.Env = append(os.Environ(),
		"OPORA_ADDRESS=http://"+address, "OPORA_TENANT="+slug, "OPORA_PASSWORD="+benchPassword, "OPORA_DESK="+d.slug,
		"OPORA_REQUESTER="+benchAgentMail, "OPORA_AGENT="+benchAgentMail,
		"OPORA_FORM=/t/"+slug+"/file/"+d.slug+"/"+d.form, "OPORA_LIST=/t/"+slug+"/desk/?desk="+d.slug, fmt.Sprintf("OPORA_ROUNDS=%d", max(b.Rounds, 3)))
	var said bytes.Buffer
	script.Stderr = &said
	out, err := script.Output()
	if err != nil {
		return fmt.Errorf("drive the browser: %w: %s", err, strings.TrimSpace(said.String()))
	}
	for line := range strings.Lines(string(out)) {
		var drawn benchDrawn
		if err := json.Unmarshal([]byte(line), &drawn); err != nil {
			return fmt.Errorf("read what the browser measured: %w", err)
		}
		figure := drawn.Figure + ", " + benchCount(size)
		b.table.add(benchRow{section: benchPartScreens, figure: figure, unit: drawn.Unit, ours: drawn.Ours, limit: drawn.Limit, limitIs: drawn.LimitIs})
		b.note("%s: %s of %s ms", figure, benchTriple(drawn.Ours), benchTriple(drawn.Limit))
	}
	return nil
}
