package main

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const tick = 50 * time.Millisecond

// filing is the body of a filing: a fixture with the step's fields merged over it.
func (p *play) filing(t *testing.T, with map[string]any) map[string]any {
	t.Helper()
	name, ok := with["fixture"].(string)
	require.True(t, ok, "a filing names its fixture")
	f := readFixture(t, p.tenant.desk.system, name)
	var fields any
	decoder := json.NewDecoder(bytes.NewReader(f.Fields))
	decoder.UseNumber()
	require.NoError(t, decoder.Decode(&fields))
	if over, ok := with["fields"]; ok {
		fields = merged(fields, over)
	}
	return map[string]any{"desk": p.tenant.desk.slug, "form": f.Form, "fields": fields}
}

// merged is RFC 7396.
func merged(target, patch any) any {
	over, ok := patch.(map[string]any)
	if !ok {
		return patch
	}
	out := map[string]any{}
	if old, ok := target.(map[string]any); ok {
		out = maps.Clone(old)
	}
	for key, value := range over {
		if value == nil {
			delete(out, key)
			continue
		}
		out[key] = merged(out[key], value)
	}
	return out
}

func (p *play) file(t *testing.T, step storyStep) answer {
	t.Helper()
	body := p.filing(t, step.With)
	if files, ok := step.With["files"]; ok {
		body["attachments"] = p.upload(t, step.As, files)
	}
	for _, key := range []string{"channel", "requester"} {
		if value, ok := step.With[key]; ok {
			body[key] = value
		}
	}
	a := p.send(t, step.As, "POST", "/tickets", nil, body)
	if a.status == http.StatusCreated {
		p.tickets[step.Ticket] = &played{number: p.value(t, a, "number"), filer: step.As}
	}
	return a
}

// upload makes small images of the given names and returns their ids.
func (p *play) upload(t *testing.T, as string, names any) []string {
	t.Helper()
	list, ok := names.([]any)
	require.True(t, ok, "files is a list of names")
	ids := []string{}
	for n, name := range list {
		var picture bytes.Buffer
		require.NoError(t, png.Encode(&picture, image.NewGray(image.Rect(0, 0, 4+n, 4))))
		a, err := p.server.upload(p.who(as), p.tenant.desk.slug, text(name), picture.Bytes())
		require.NoError(t, err)
		require.Equal(t, http.StatusCreated, a.status, "%s", a.raw)
		ids = append(ids, p.value(t, a, "id"))
	}
	return ids
}

// list reads all pages.
func (p *play) list(t *testing.T, step storyStep) answer {
	t.Helper()
	query := url.Values{"limit": {"200"}}
	for key, value := range step.With {
		given := text(value)
		if of, ok := strings.CutPrefix(given, "inn_of "); ok {
			given = p.value(t, p.me(t, of), "organisation.inn")
		}
		query.Set(key, given)
	}
	p.items = nil
	for {
		a := p.send(t, step.As, "GET", "/tickets?"+query.Encode(), nil, nil)
		if a.status != http.StatusOK {
			return a
		}
		items, _ := a.at("items")
		page, ok := items.([]any)
		require.True(t, ok, "%s", a.raw)
		p.items = append(p.items, page...)
		next, more := a.at("next")
		if !more || next == "" {
			return a
		}
		query.Set("after", text(next))
	}
}

// compare holds one expectation against the answer.
func (p *play) compare(t *testing.T, step storyStep, a answer, key string, want any, where string) {
	t.Helper()
	switch key {
	case "status":
		require.Equal(t, text(want), fmt.Sprint(a.status), where)
	case "code":
		require.Equal(t, want, p.value(t, a, "code"), where)
	case "errors":
		require.Equal(t, p.expected(t, want), problemsOf(t, a), where)
	case "ticket":
		for name, value := range members(t, want) {
			p.compareTicket(t, a, name, value, where)
		}
	case "allowed":
		for transition, may := range members(t, want) {
			require.Equal(t, may, p.allowed(t, a, transition), "%s of %s", transition, where)
		}
	case "item":
		p.compareItem(t, step, want, where)
	case "items":
		p.compareItems(t, a, want, where)
	case "texts", "no_texts":
		for _, words := range values(t, want) {
			require.Equal(t, key == "texts", p.written(t, a, text(words)), "%q in %s", words, where)
		}
	case "problems":
		var view struct {
			Problems []expectation `json:"problems"`
		}
		require.NoError(t, json.Unmarshal(a.raw, &view), where)
		require.Equal(t, p.expected(t, want), view.Problems, where)
	case "refused":
		require.Equal(t, want, p.value(t, a, "refused.code"), where)
	case "goes_to":
		require.Equal(t, want, p.value(t, a, "outcome.line"), where)
	case "proposed":
		got, _ := a.at("proposed")
		require.JSONEq(t, text(want), text(got), where)
	default:
		require.Fail(t, "no such expectation", key)
	}
}

func members(t *testing.T, value any) map[string]any {
	t.Helper()
	all, ok := value.(map[string]any)
	require.True(t, ok, "%v is no object", value)
	return all
}

func values(t *testing.T, value any) []any {
	t.Helper()
	all, ok := value.([]any)
	require.True(t, ok, "%v is no list", value)
	return all
}

func (p *play) expected(t *testing.T, want any) []expectation {
	t.Helper()
	var all []expectation
	require.NoError(t, json.Unmarshal([]byte(text(want)), &all))
	return all
}

func (p *play) compareTicket(t *testing.T, a answer, name string, want any, where string) {
	t.Helper()
	switch name {
	case "status":
		require.Equal(t, want, p.value(t, a, "status.key"), where)
	case "assignee":
		require.Equal(t, p.value(t, p.me(t, text(want)), "id"), p.value(t, a, "assignee.id"), where)
	case "duplicate_of":
		require.Equal(t, p.tickets[text(want)].number, p.value(t, a, name), where)
	case "fields":
		for field, value := range members(t, want) {
			require.JSONEq(t, encoded(t, value), encoded(t, members(t, p.field(t, a))[field]), "%s of %s", field, where)
		}
	default:
		require.Equal(t, text(want), p.value(t, a, name), "%s of %s", name, where)
	}
}

func (p *play) field(t *testing.T, a answer) any {
	t.Helper()
	fields, ok := a.at("fields")
	require.True(t, ok, "%s", a.raw)
	return fields
}

func encoded(t *testing.T, value any) string {
	t.Helper()
	raw, err := json.Marshal(value)
	require.NoError(t, err)
	return string(raw)
}

func (p *play) allowed(t *testing.T, a answer, transition string) bool {
	t.Helper()
	items, _ := a.at("items")
	for n := range values(t, items) {
		if p.value(t, a, fmt.Sprintf("items.%d.key", n)) == transition {
			return p.value(t, a, fmt.Sprintf("items.%d.allowed", n)) == "true"
		}
	}
	return false
}

func (p *play) compareItem(t *testing.T, step storyStep, want any, where string) {
	t.Helper()
	number := p.tickets[step.Ticket].number
	at := slices.IndexFunc(p.items, func(item any) bool { return members(t, item)["number"] == number })
	if want == "absent" {
		require.Negative(t, at, where)
		return
	}
	require.GreaterOrEqual(t, at, 0, where)
	if want == "present" {
		return
	}
	var keys []any
	for _, key := range slices.Sorted(maps.Keys(members(t, p.items[at]))) {
		keys = append(keys, key)
	}
	require.ElementsMatch(t, values(t, members(t, want)["keys"]), keys, where)
}

func (p *play) compareItems(t *testing.T, a answer, want any, where string) {
	t.Helper()
	wanted, got := []string{}, []string{}
	for _, name := range values(t, want) {
		wanted = append(wanted, p.tickets[text(name)].number)
	}
	items, _ := a.at("items")
	for n := range values(t, items) {
		got = append(got, p.value(t, a, fmt.Sprintf("items.%d.number", n)))
	}
	require.Equal(t, wanted, got, where)
}

// written reports whether some event's body holds the words.
func (p *play) written(t *testing.T, a answer, words string) bool {
	t.Helper()
	items, _ := a.at("items")
	for n := range values(t, items) {
		if said, ok := a.at(fmt.Sprintf("items.%d.body.text", n)); ok && strings.Contains(text(said), words) {
			return true
		}
	}
	return false
}
