package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"
)

// story is one of schemas/<system>/testdata/stories, in the words of schemas/README.md.
type story struct {
	Name   string                  `yaml:"name"`
	Covers []string                `yaml:"covers"`
	People map[string]storyPerson  `yaml:"people"`
	Lists  map[string][]storyValue `yaml:"lists"`
	Steps  []storyStep             `yaml:"steps"`
}

type storyPerson struct {
	OrganisationOf string `yaml:"organisation_of"`
}

type storyValue struct {
	Key   string            `yaml:"key"`
	Title map[string]string `yaml:"title"`
}

type storyStep struct {
	As     string         `yaml:"as"`
	Do     string         `yaml:"do"`
	Ticket string         `yaml:"ticket"`
	With   map[string]any `yaml:"with"`
	Expect map[string]any `yaml:"expect"`
}

// TestStories plays every story of every system against the demo, over HTTP.
func TestStories(t *testing.T) {
	t.Parallel()
	s, err := demoServer()
	require.NoError(t, err)
	all := 0
	for _, tenant := range builtTenants(t) {
		files, err := filepath.Glob(filepath.Join(schemas, tenant.desk.system, "testdata", "stories", "*.yaml"))
		require.NoError(t, err)
		all += len(files)
		names := map[string]bool{}
		for _, file := range files {
			for _, told := range readStories(t, file) {
				require.False(t, names[told.Name], "the story %q is told twice", told.Name)
				require.NotEmpty(t, told.Covers, told.Name)
				require.NotEmpty(t, told.Steps, told.Name)
				names[told.Name] = true
				t.Run(tenant.desk.system+"/"+told.Name, func(t *testing.T) {
					t.Parallel()
					p := &play{server: s, tenant: tenant, tickets: map[string]*played{}, people: map[string]string{}}
					p.prepare(t, told)
					for n, step := range told.Steps {
						p.step(t, n+1, step)
					}
				})
			}
		}
	}
	require.Positive(t, all)
}

func readStories(t *testing.T, file string) []story {
	t.Helper()
	raw, err := os.ReadFile(file)
	require.NoError(t, err)
	var told []story
	decoder := yaml.NewDecoder(bytes.NewReader(raw))
	decoder.KnownFields(true)
	require.NoError(t, decoder.Decode(&told), file)
	return told
}

// play is one story being played.
type play struct {
	server  *server
	tenant  servedTenant
	tickets map[string]*played
	// people are the logins of those who were made for the story.
	people map[string]string
	// items are all pages of the last list.
	items []any
}

// played is a ticket of a story.
type played struct{ number, filer string }

var strangers atomic.Int64

func (p *play) who(name string) string {
	if login := p.people[name]; login != "" {
		name = login
	}
	return name + "@" + p.tenant.slug
}

// prepare makes the people of a story and adds the values of its lists, by the commands of an operator.
func (p *play) prepare(t *testing.T, told story) {
	t.Helper()
	for name, person := range told.People {
		login := fmt.Sprintf("%s-%d", name, strangers.Add(1))
		args := []string{
			"user", "create", p.tenant.slug, login + "@" + p.tenant.slug + ".example", "--name", "Новикова Анна Павловна",
			"--password", demoPassword, "--data", p.server.data,
		}
		if person.OrganisationOf != "" {
			me := p.me(t, person.OrganisationOf)
			args = append(args, "--inn", p.value(t, me, "organisation.inn"), "--organisation", p.value(t, me, "organisation.name"))
		}
		command(t, args...)
		p.people[name] = login
	}
	for list, values := range told.Lists {
		for _, v := range values {
			command(t, "desk", "value", p.tenant.slug, p.tenant.desk.slug, list, v.Key,
				"--title", v.Title["ru"], "--title-en", v.Title["en"], "--data", p.server.data)
		}
	}
	if len(told.Lists) > 0 {
		p.awaitConfiguration(t)
	}
}

// command runs opora within this process and needs it to succeed.
func command(t *testing.T, args ...string) string {
	t.Helper()
	var out, complaints bytes.Buffer
	code := run(t.Context(), append(args, "--lang", "en"), strings.NewReader(""), &out, &complaints)
	require.Zero(t, code, "opora %s: %s", strings.Join(args, " "), complaints.String())
	return out.String()
}

// awaitConfiguration waits until the node serves what the database holds now.
func (p *play) awaitConfiguration(t *testing.T) {
	t.Helper()
	instance, err := p.server.instance()
	require.NoError(t, err)
	conn, err := pgx.Connect(t.Context(), instance.AppURL)
	require.NoError(t, err)
	defer func() { require.NoError(t, conn.Close(t.Context())) }()
	var wanted int
	require.NoError(t, conn.QueryRow(t.Context(), `select epoch from config_epoch`).Scan(&wanted))
	served := regexp.MustCompile(`(?m)^` + epochMetric + ` ([0-9]+)$`)
	require.Eventually(t, func() bool {
		a, err := p.server.call("nobody", http.MethodGet, "/metrics", nil, nil)
		found := served.FindSubmatch(a.raw)
		if err != nil || found == nil {
			return false
		}
		epoch, err := strconv.Atoi(string(found[1]))
		return err == nil && epoch >= wanted
	}, patient, tick)
}

func (p *play) get(t *testing.T, as, path string) answer {
	t.Helper()
	a, err := p.server.as(p.who(as), http.MethodGet, path, nil, nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, a.status, "%s", a.raw)
	return a
}

func (p *play) me(t *testing.T, as string) answer {
	t.Helper()
	return p.get(t, as, "/me")
}

func (p *play) value(t *testing.T, a answer, path string) string {
	t.Helper()
	value, ok := a.at(path)
	require.True(t, ok, "no %s in %s", path, a.raw)
	return text(value)
}

// step does one step and compares what came.
func (p *play) step(t *testing.T, n int, step storyStep) {
	t.Helper()
	if step.Ticket == "" {
		step.Ticket = "it"
	}
	if step.With == nil {
		step.With = map[string]any{}
	}
	a := p.do(t, step)
	where := fmt.Sprintf("step %d, %s by %s: %s", n, step.Do, step.As, a.raw)
	require.NotEmpty(t, step.Expect, where)
	for key, want := range step.Expect {
		p.compare(t, step, a, key, want, where)
	}
}

func (p *play) do(t *testing.T, step storyStep) answer {
	t.Helper()
	switch step.Do {
	case "file":
		return p.file(t, step)
	case "check":
		body := p.filing(t, step.With)
		return p.send(t, step.As, "POST", "/desks/"+p.tenant.desk.slug+"/forms/"+text(body["form"])+"/check", nil, map[string]any{"fields": body["fields"]})
	case "list":
		return p.list(t, step)
	}
	ticket := p.tickets[step.Ticket]
	require.NotNil(t, ticket, "the story has no ticket %q", step.Ticket)
	path := "/tickets/" + url.PathEscape(ticket.number)
	switch step.Do {
	case "get":
		return p.send(t, step.As, "GET", path, nil, nil)
	case "events", "transitions", "duplicates":
		return p.send(t, step.As, "GET", path+"/"+step.Do, nil, nil)
	case "attachment":
		seen := p.get(t, ticket.filer, path)
		return p.send(t, step.As, "GET", "/attachments/"+p.value(t, seen, "attachments.0.id"), nil, nil)
	case "comment":
		body := map[string]any{"visibility": "public"}
		p.put(t, step, body)
		return p.send(t, step.As, "POST", path+"/comments", nil, body)
	case "transition":
		return p.send(t, step.As, "POST", path+"/transitions", nil, p.put(t, step, map[string]any{}))
	case "assign", "handover":
		return p.send(t, step.As, "POST", path+"/"+step.Do, nil, p.put(t, step, map[string]any{}))
	case "patch":
		now := p.get(t, ticket.filer, path)
		return p.send(t, step.As, "PATCH", path, http.Header{"If-Match": {now.header.Get("ETag")}}, p.put(t, step, map[string]any{}))
	}
	require.Fail(t, "no such step", step.Do)
	return answer{}
}

// put copies what a step gives into a body, names replaced by what the API takes.
func (p *play) put(t *testing.T, step storyStep, body map[string]any) map[string]any {
	t.Helper()
	for key, value := range step.With {
		switch key {
		case "files":
			body["attachments"] = p.upload(t, step.As, value)
		case "duplicate_of":
			base := p.tickets[text(value)]
			require.NotNil(t, base, "the story has no ticket %v", value)
			body[key] = base.number
		case "assignee":
			body[key] = p.value(t, p.me(t, text(value)), "id")
		default:
			body[key] = value
		}
	}
	return body
}

func (p *play) send(t *testing.T, as, method, path string, header http.Header, body map[string]any) answer {
	t.Helper()
	var raw []byte
	if body != nil {
		var err error
		raw, err = json.Marshal(body)
		require.NoError(t, err)
	}
	a, err := p.server.as(p.who(as), method, path, header, raw)
	require.NoError(t, err)
	return a
}
