package host

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/hashicorp/go-plugin"
)

// maxHandshake bounds the one line that a plugin may write to stdout; it carries a certificate.
const maxHandshake = 16 << 10

// pipeGrace is how long what a dead process has written may still be read, when somebody else holds
// its pipes open.
const pipeGrace = 300 * time.Millisecond

// procRunner is the process as go-plugin sees it. Through it we own what go-plugin's own runner
// leaves open: the pipes, the group, the thread and the moment of the end. go-plugin gets the
// handshake line and nothing else, so that no line of a plugin reaches its parsers.
type procRunner struct {
	path    string
	sum     string
	env     []string
	spawner *spawner
	out     *lineWriter
	err     *lineWriter

	cmd *exec.Cmd
	dir string

	toHandshake, handshake *pipeEnd
	toNowhere, nowhere     *pipeEnd

	mu       sync.Mutex
	pid      int
	reaped   bool
	finished bool
	spoken   int

	done    chan struct{}
	waitErr error
}

type pipeEnd struct {
	*io.PipeReader
	*io.PipeWriter
}
