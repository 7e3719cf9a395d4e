package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/opora-desk/opora/core/config"
)

const patient = 60 * time.Second

// server is a running `opora up` or `opora serve`.
type server struct {
	command  *exec.Cmd
	home     string // of its own; the data directory is below it
	data     string
	url      string
	out      *output
	ended    chan struct{}
	mu       sync.Mutex
	sessions map[string]string
}

// output keeps what a process writes.
type output struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.text.String()
}

// newHome makes a folder that the account of PostgreSQL can enter, as that of a test cannot be.
func newHome() (string, error) {
	home, err := os.MkdirTemp("", "opora-test-")
	if err != nil {
		return "", err
	}
	return home, os.Chmod(home, 0o755)
}

// startServer starts opora on a free port and waits until it is ready. data is empty for a new folder.
func startServer(data string, args ...string) (*server, error) {
	s := &server{data: data, out: &output{}, ended: make(chan struct{}), sessions: map[string]string{}}
	if data == "" {
		home, err := newHome()
		if err != nil {
			return nil, err
		}
		s.home, s.data = home, filepath.Join(home, "data")
	}
	args = append(args, "--listen", "127.0.0.1:0", "--lang", "en")
	if args[0] == "up" {
		args = append(args, "--data", s.data)
	}
	s.command = exec.Command("opora", args...)
	s.command.Stdout, s.command.Stderr = s.out, s.out
	if err := s.command.Start(); err != nil {
		return nil, err
	}
	go func() {
		_ = s.command.Wait()
		close(s.ended)
	}()
	if err := s.awaitReady(); err != nil {
		_ = s.command.Process.Kill()
		<-s.ended
		return nil, fmt.Errorf("%w\n%s", err, s.out)
	}
	return s, nil
}

var answersAt = regexp.MustCompile(`(?:Ready in [0-9.]+ s|Opora answers): (http://[0-9.:]+)`)

func (s *server) awaitReady() error {
	for end := time.Now().Add(patient); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		select {
		case <-s.ended:
			return errors.New("opora ended before it was ready")
		default:
		}
		found := answersAt.FindStringSubmatch(s.out.String())
		if found == nil {
			continue
		}
		s.url = found[1]
		if a, err := s.call("nobody", "GET", "/readyz", nil, nil); err == nil && a.status == http.StatusOK {
			return nil
		}
	}
	return errors.New("opora was not ready in time")
}

// end sends a signal and waits; an end by Ctrl-C must be a success.
func (s *server) end(signal os.Signal) error {
	if err := s.command.Process.Signal(signal); err != nil {
		return err
	}
	select {
	case <-s.ended:
	case <-time.After(patient):
		_ = s.command.Process.Kill()
		return errors.New("opora did not end in time")
	}
	if signal != os.Kill && s.command.ProcessState.ExitCode() != 0 {
		return fmt.Errorf("opora ended with status %d:\n%s", s.command.ProcessState.ExitCode(), s.out)
	}
	return nil
}

func (s *server) remove() {
	if s.home != "" {
		_ = os.RemoveAll(s.home)
	}
}

func (s *server) instance() (config.Instance, error) { return config.ReadInstance(s.data) }

// pid returns the process of a system's plugin.
func (s *server) pid(system string) (int, error) {
	for end := time.Now().Add(patient); time.Now().Before(end); time.Sleep(50 * time.Millisecond) {
		raw, err := os.ReadFile(filepath.Join(s.data, statusName))
		if err != nil {
			continue
		}
		var all []statusEntry
		if err := json.Unmarshal(raw, &all); err != nil {
			return 0, err
		}
		for _, p := range all {
			if p.System == system && p.PID > 0 {
				return p.PID, nil
			}
		}
	}
	return 0, errors.New("no process of " + system)
}

// answer is what the door said.
type answer struct {
	status int
	header http.Header
	raw    []byte
	body   any
}

// at returns the value at a path of keys and indexes, joined by dots; [key=value] is the first item of a
// list that has it.
func (a answer) at(path string) (any, bool) {
	value := a.body
	for step := range strings.SplitSeq(strings.Trim(path, "."), ".") {
		switch inner := value.(type) {
		case map[string]any:
			found, ok := inner[step]
			if !ok {
				return nil, false
			}
			value = found
		case []any:
			n := indexOf(inner, step)
			if n < 0 || n >= len(inner) {
				return nil, false
			}
			value = inner[n]
		default:
			return nil, false
		}
	}
	return value, true
}

func indexOf(list []any, step string) int {
	key, want, isSearch := strings.Cut(strings.Trim(step, "[]"), "=")
	if !isSearch {
		n, err := strconv.Atoi(step)
		if err != nil {
			return -1
		}
		return n
	}
	return slices.IndexFunc(list, func(item any) bool {
		members, _ := item.(map[string]any)
		return text(members[key]) == want
	})
}

// text writes a value as a script names it.
func text(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case json.Number:
		return v.String()
	}
	raw, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(raw)
}

var client = &http.Client{Timeout: patient}

// as calls the API of a tenant for somebody of it; who is <login>@<tenant>, nobody@<tenant>, operator or
// nobody. A path that does not begin with /api/, and is not one of the node's, is below the tenant. A
// caller who is too fast is asked to wait, and waits.
func (s *server) as(who, method, path string, header http.Header, body []byte) (answer, error) {
	name, tenant, _ := strings.Cut(who, "@")
	if tenant != "" && !strings.HasPrefix(path, "/api/") {
		path = "/api/v1/t/" + tenant + path
	}
	for {
		a, err := s.call(who, method, path, header, body)
		if err != nil || a.status != http.StatusTooManyRequests || name == "nobody" {
			return a, err
		}
		seconds, err := strconv.Atoi(a.header.Get("Retry-After"))
		if err != nil {
			return a, fmt.Errorf("429 without Retry-After: %w", err)
		}
		time.Sleep(time.Duration(max(seconds, 1)) * time.Second / 4)
	}
}

func (s *server) call(who, method, path string, header http.Header, body []byte) (answer, error) {
	request, err := http.NewRequest(method, s.url+path, bytes.NewReader(body))
	if err != nil {
		return answer{}, err
	}
	for name, values := range header {
		request.Header[name] = values
	}
	if len(body) > 0 && request.Header.Get("Content-Type") == "" {
		request.Header.Set("Content-Type", "application/json")
	}
	token, err := s.token(who)
	if err != nil {
		return answer{}, err
	}
	if token != "" {
		request.Header.Set("Authorization", "Bearer "+token)
	}
	response, err := client.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer func() { _ = response.Body.Close() }()
	a := answer{status: response.StatusCode, header: response.Header}
	if a.raw, err = io.ReadAll(response.Body); err != nil {
		return answer{}, err
	}
	if strings.Contains(response.Header.Get("Content-Type"), "json") {
		decoder := json.NewDecoder(bytes.NewReader(a.raw))
		decoder.UseNumber()
		err = decoder.Decode(&a.body)
	}
	return a, err
}

// token signs somebody in, once; every password of the tests is the demo's.
func (s *server) token(who string) (string, error) {
	name, tenant, _ := strings.Cut(who, "@")
	if name == "nobody" || who == "" {
		return "", nil
	}
	if bearer, ok := strings.CutPrefix(name, "bearer:"); ok {
		return bearer, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if token := s.sessions[who]; token != "" {
		return token, nil
	}
	path, login := "/api/v1/t/"+tenant+"/sessions", name+"@"+tenant+".example"
	if who == "operator" {
		path, login = "/api/v1/operator/sessions", demoOperator
	}
	credentials, err := json.Marshal(map[string]string{"email": login, "password": demoPassword})
	if err != nil {
		return "", err
	}
	a, err := s.call("nobody", http.MethodPost, path, nil, credentials)
	if err != nil {
		return "", err
	}
	token, ok := a.at("token")
	if a.status != http.StatusCreated || !ok {
		return "", fmt.Errorf("sign in as %s: %d %s", who, a.status, a.raw)
	}
	s.sessions[who] = text(token)
	return s.sessions[who], nil
}

// upload sends a file to a desk.
func (s *server) upload(who, desk, name string, content []byte) (answer, error) {
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	part, err := form.CreateFormFile("file", name)
	if err == nil {
		_, err = part.Write(content)
	}
	if err == nil {
		err = form.Close()
	}
	if err != nil {
		return answer{}, err
	}
	return s.as(who, http.MethodPost, "/desks/"+url.PathEscape(desk)+"/attachments",
		http.Header{"Content-Type": {form.FormDataContentType()}}, body.Bytes())
}
