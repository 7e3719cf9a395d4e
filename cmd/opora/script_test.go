package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/rogpeppe/go-internal/testscript"
)

// TestScripts plays testdata/script over the real program, its plugins and PostgreSQL. The words of the
// scripts, beside those of testscript:
//
//	up [FLAG…]               opora up on a free port with the data directory $DATA, ready; sets $URL. Its
//	                         plugin is procurement-webtorgi alone, unless --plugins says otherwise
//	serve [FLAG…]            opora serve on a free port, ready; sets $URL
//	share                    the server that the tests share, with the demo; sets $URL and $DATA
//	stop                     Ctrl-C; the server must end with success
//	kill9                    kill -9
//	pids                     $PLUGIN_PID of the system webtorgi, $POSTGRES_PID
//	kill_plugin              kill -9 of the plugin's process; sets $PLUGIN_PID
//	gone PID                 the process ends within seconds
//	http WHO METHOD PATH [BODY] [HEADER:VALUE…]   WHO is login@tenant, nobody@tenant, operator, nobody or
//	                         bearer:TOKEN@tenant; a path without /api is below the tenant; BODY is a file,
//	                         in which ${NAME} is replaced, JSON, or - for none
//	upload WHO DESK FILE     a multipart upload
//	status CODE              of the last answer
//	json PATH [VALUE]        the last answer has VALUE at keys and indexes joined by dots; ! for absent
//	count PATH N             the list there has N items
//	body TEXT                the last answer holds the text; ! for not
//	capture NAME PATH        keeps a value of the last answer
//	capture_id FILE NAME     keeps the identifier that a command printed
//	until SECONDS WHO PATH JSONPATH VALUE   repeats a GET until it says so
//	sql ROLE STATEMENT       as super, owner or app on the database
//	dump FILE                pg_dump of the whole database
//	instance_urls            $APP_URL, $OWNER_URL, $SUPER_URL; $EMPTY_URL, $EMPTY_OWNER_URL of a database "empty"
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                "testdata/script",
		Setup:              setUp,
		RequireUniqueNames: true,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"up": cmdUp, "serve": cmdServe, "share": cmdShare, "stop": cmdStop, "kill9": cmdKill,
			"pids": cmdPIDs, "kill_plugin": cmdKillPlugin, "gone": cmdGone,
			"http": cmdHTTP, "upload": cmdUpload, "status": cmdStatus, "json": cmdJSON, "count": cmdCount, "body": cmdBody,
			"capture": cmdCapture, "capture_id": cmdCaptureID, "until": cmdUntil,
			"sql": cmdSQL, "dump": cmdDump, "instance_urls": cmdURLs,
		},
	})
}

// scene is what a script has so far.
type scene struct {
	server *server
	last   answer
	home   string
}

type sceneKey struct{}

func sceneOf(ts *testscript.TestScript) *scene {
	s, ok := ts.Value(sceneKey{}).(*scene)
	if !ok {
		ts.Fatalf("no scene")
	}
	return s
}

func setUp(env *testscript.Env) error {
	home, err := newHome()
	if err != nil {
		return err
	}
	s := &scene{home: home}
	env.Values[sceneKey{}] = s
	env.Defer(func() {
		if s.server != nil && s.server != shared.server {
			select {
			case <-s.server.ended:
			default:
				_ = s.server.end(os.Kill)
			}
		}
		_ = os.RemoveAll(home)
	})
	env.Setenv("DATA", filepath.Join(home, "data"))
	env.Setenv("PLUGINS", shared.plugins)
	repository, err := filepath.Abs("../..")
	if err != nil {
		return err
	}
	env.Setenv("REPOSITORY", repository)
	env.Setenv("LANG", "en_US.UTF-8")
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("PASSWORD", demoPassword)
	return setUpGo(env)
}

// setUpGo lets scripts build as an author does, with what is on this machine already.
func setUpGo(env *testscript.Env) error {
	for _, name := range []string{"GOCACHE", "GOMODCACHE", "GOPATH"} {
		said, err := exec.CommandContext(context.Background(), "go", "env", name).Output()
		if err != nil {
			return fmt.Errorf("ask go: %w", err)
		}
		env.Setenv(name, strings.TrimSpace(string(said)))
	}
	env.Setenv("GOFLAGS", "-mod=mod")
	env.Setenv("GOPROXY", "off")
	env.Setenv("CGO_ENABLED", "0")
	return nil
}

func (s *scene) use(ts *testscript.TestScript, server *server, err error) {
	ts.Check(err)
	s.server = server
	ts.Setenv("URL", server.url)
	ts.Setenv("ADDRESS", strings.TrimPrefix(server.url, "http://"))
	ts.Setenv("DATA", server.data)
	_, err = ts.Stdout().Write([]byte(server.out.String()))
	ts.Check(err)
}

func plain(ts *testscript.TestScript, neg bool, args []string, least, most int) {
	if neg || len(args) < least || most >= 0 && len(args) > most {
		ts.Fatalf("bad use of the command")
	}
}

func cmdUp(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, -1)
	if !strings.Contains(strings.Join(args, " "), "--plugins") {
		args = append(args, "--plugins", shared.one)
	}
	server, err := startServer(ts.Getenv("DATA"), append([]string{"up"}, args...)...)
	sceneOf(ts).use(ts, server, err)
}

func cmdServe(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, -1)
	server, err := startServer(ts.Getenv("DATA"), append([]string{"serve"}, args...)...)
	sceneOf(ts).use(ts, server, err)
}

func cmdShare(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, 0)
	server, err := demoServer()
	sceneOf(ts).use(ts, server, err)
}

func cmdStop(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, 0)
	ts.Check(sceneOf(ts).server.end(os.Interrupt))
}

func cmdKill(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, 0)
	ts.Check(sceneOf(ts).server.end(os.Kill))
}

const scriptSystem = "procurement-webtorgi"

func cmdPIDs(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, 0)
	s := sceneOf(ts).server
	plugin, err := s.pid(scriptSystem)
	ts.Check(err)
	ts.Setenv("PLUGIN_PID", strconv.Itoa(plugin))
	raw, err := os.ReadFile(filepath.Join(s.data, "database", "cluster", "postmaster.pid"))
	ts.Check(err)
	first, _, _ := strings.Cut(string(raw), "\n")
	ts.Setenv("POSTGRES_PID", first)
}

func cmdKillPlugin(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, 0)
	pid, err := sceneOf(ts).server.pid(scriptSystem)
	ts.Check(err)
	ts.Setenv("PLUGIN_PID", strconv.Itoa(pid))
	ts.Check(syscall.Kill(pid, syscall.SIGKILL))
}

func cmdGone(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 1, 1)
	pid, err := strconv.Atoi(args[0])
	ts.Check(err)
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(tick) {
		if !alive(pid) {
			return
		}
	}
	ts.Fatalf("process %d is still there", pid)
}

// alive reports whether a process runs; one that has ended and waits for its parent does not.
func alive(pid int) bool {
	raw, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", pid))
	if err != nil {
		return syscall.Kill(pid, 0) == nil && !os.IsNotExist(err)
	}
	_, rest, _ := strings.Cut(string(raw), ") ")
	return !strings.HasPrefix(rest, "Z")
}

func cmdHTTP(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 3, -1)
	header := http.Header{}
	var body []byte
	for n, given := range args[3:] {
		name, value, isHeader := strings.Cut(given, ":")
		switch {
		case n == 0 && given == "-":
		case n == 0 && strings.HasPrefix(given, "{"):
			body = []byte(given)
		case n == 0 && !isHeader:
			body = []byte(os.Expand(ts.ReadFile(given), ts.Getenv))
		case isHeader:
			header[http.CanonicalHeaderKey(name)] = []string{value}
		default:
			ts.Fatalf("%q is neither a body nor a header", given)
		}
	}
	s := sceneOf(ts)
	var err error
	s.last, err = s.server.as(args[0], args[1], args[2], header, body)
	ts.Check(err)
	ts.Logf("%d %s", s.last.status, s.last.raw)
}

func cmdUpload(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 3, 3)
	s := sceneOf(ts)
	var err error
	s.last, err = s.server.upload(args[0], args[1], args[2], []byte(ts.ReadFile(args[2])))
	ts.Check(err)
	ts.Logf("%d %s", s.last.status, s.last.raw)
}

func cmdStatus(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 1, 1)
	if s := sceneOf(ts); strconv.Itoa(s.last.status) != args[0] {
		ts.Fatalf("status is %d: %s", s.last.status, s.last.raw)
	}
}

func cmdJSON(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, false, args, 1, 2)
	value, found := sceneOf(ts).last.at(args[0])
	got := text(value)
	holds := found && (len(args) == 1 || got == args[1])
	if holds == neg {
		ts.Fatalf("%s is %s", args[0], got)
	}
}

func cmdCount(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 2, 2)
	value, _ := sceneOf(ts).last.at(args[0])
	if list, ok := value.([]any); !ok || strconv.Itoa(len(list)) != args[1] {
		ts.Fatalf("%s is %s", args[0], text(value))
	}
}

func cmdBody(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, false, args, 1, 1)
	if s := sceneOf(ts); strings.Contains(string(s.last.raw), args[0]) == neg {
		ts.Fatalf("the answer is %s", s.last.raw)
	}
}

func cmdCapture(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 2, 2)
	value, found := sceneOf(ts).last.at(args[1])
	if !found {
		ts.Fatalf("no %s in %s", args[1], sceneOf(ts).last.raw)
	}
	ts.Setenv(args[0], text(value))
}

var identifierIn = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

func cmdCaptureID(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 2, 2)
	found := identifierIn.FindString(ts.ReadFile(args[0]))
	if found == "" {
		ts.Fatalf("no identifier in %s", args[0])
	}
	ts.Setenv(args[1], found)
}

func cmdURLs(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 0, 0)
	instance, err := sceneOf(ts).server.instance()
	ts.Check(err)
	empty := func(url string) string { return strings.Replace(url, "/"+databaseName+"?", "/empty?", 1) }
	for name, url := range map[string]string{
		"APP_URL": instance.AppURL, "OWNER_URL": instance.OwnerURL, "SUPER_URL": instance.SuperURL,
		"EMPTY_URL": empty(instance.AppURL), "EMPTY_OWNER_URL": empty(instance.OwnerURL),
	} {
		ts.Setenv(name, url)
	}
}

func cmdUntil(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 5, 5)
	seconds, err := strconv.Atoi(args[0])
	ts.Check(err)
	s := sceneOf(ts)
	for end := time.Now().Add(time.Duration(seconds) * time.Second); time.Now().Before(end); time.Sleep(tick) {
		s.last, err = s.server.as(args[1], http.MethodGet, args[2], nil, nil)
		ts.Check(err)
		if value, found := s.last.at(args[3]); found && text(value) == args[4] {
			return
		}
	}
	ts.Fatalf("it never became so: %s", s.last.raw)
}

func cmdSQL(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 2, 2)
	instance, err := sceneOf(ts).server.instance()
	ts.Check(err)
	url := map[string]string{"super": instance.SuperURL, "owner": instance.OwnerURL, "app": instance.AppURL}[args[0]]
	ctx, cancel := context.WithTimeout(context.Background(), patient)
	defer cancel()
	conn, err := pgx.Connect(ctx, url)
	ts.Check(err)
	defer func() { _ = conn.Close(ctx) }()
	_, err = conn.Exec(ctx, args[1])
	ts.Check(err)
}

func cmdDump(ts *testscript.TestScript, neg bool, args []string) {
	plain(ts, neg, args, 1, 1)
	instance, err := sceneOf(ts).server.instance()
	ts.Check(err)
	ts.Check(ts.Exec(filepath.Join(instance.Programs, "pg_dump"), "--dbname", instance.SuperURL, "--inserts", "--file", ts.MkAbs(args[0])))
}
