package desk_test

import (
	"context"
	"encoding/json"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/access"
	"github.com/opora-desk/opora/core/attachment"
	"github.com/opora-desk/opora/core/clock"
	"github.com/opora-desk/opora/core/db/dbtest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/letter"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/release"
	"github.com/opora-desk/opora/core/tenant"
	"github.com/opora-desk/opora/core/ticket"
)

const lettersOfTest = `    received:
      subject: {ru: "Принято {{.Number}}: {{.Subject}}", en: "Received {{.Number}}: {{.Subject}}"}
      body: {ru: "{{.Requester}}, {{.Status}}, {{.Deadline}}, {{.Contacts.mail}}, {{.Contacts.hotline}}, {{.Link}}", en: "{{.Requester}}, {{.Status}}, {{.Deadline}}, {{.Link}}"}
    incomplete:
      subject: {ru: "Не хватает", en: "Missing"}
      body: {ru: "{{range .Missing}}{{.Label}}: {{.Message}}; {{end}}", en: "{{range .Missing}}{{.Label}}: {{.Message}}; {{end}}"}
    refused:
      subject: {ru: "Не принято", en: "Refused"}
      body: {ru: "{{.Status}}", en: "{{.Status}}"}
    answered:
      subject: {ru: "Ответ {{.Number}}", en: "Answer {{.Number}}"}
      body: {ru: "{{.Agent}}: {{.Text}} {{range .Resolution}}{{.Label}}={{.Text}}; {{end}}{{.Status}}", en: "{{.Text}}{{range .Resolution}}{{.Label}}={{.Text}}; {{end}}"}
    closed:
      subject: {ru: "Закрыто", en: "Closed"}
      body: {ru: "{{.Status}} {{.Text}}", en: "{{.Status}} {{.Text}}"}
    commented:
      subject: {ru: "Сообщение", en: "Message"}
      body: {ru: "{{.Text}}", en: "{{.Text}}"}
    status:
      subject: {ru: "Статус", en: "Status"}
      body: {ru: "{{.Status}}", en: "{{.Status}}"}
    executor:
      subject: {ru: "Добавлено {{.Number}}", en: "Added {{.Number}}"}
      body: {ru: "{{.Text}} {{.Status}} {{.Link}}", en: "{{.Text}} {{.Status}} {{.Link}}"}
`

// post is a tenant with a desk, a requester, an agent of the line that talks and one of the line that
// does not.
type post struct {
	*dbtest.Database
	service                  *desk.Service
	clock                    *clock.Manual
	tenant                   tenant.Tenant
	desk                     tenant.Desk
	requester, agent, silent desk.Actor
}

func newPost(t *testing.T) *post {
	t.Helper()
	p := &post{Database: dbtest.New(t), clock: clock.NewManual(time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC))}
	blobs, err := attachment.NewDisk(t.TempDir())
	require.NoError(t, err)
	p.service, err = desk.New(t.Context(), desk.Options{
		DB: p.DB, Clock: p.clock, Blobs: blobs, Log: slog.New(slog.DiscardHandler), PublicURL: "https://desk.example/",
	})
	require.NoError(t, err)
	bundle, err := release.FromDir("../release/testdata/plugins/sample/plugin.yaml")
	require.NoError(t, err)
	declared := string(bundle.Files[api.DeclarationFile])
	before, rest, ok := strings.Cut(declared, "  letters:\n")
	require.True(t, ok)
	_, after, ok := strings.Cut(rest, "contacts:\n")
	require.True(t, ok)
	after = strings.Replace(after, "hooks:\n", "hooks:\n  - {name: handle_events, deadline_ms: 1000, unavailable: wait}\n", 1)
	bundle.Files[api.DeclarationFile] = []byte(before + "  letters:\n" + lettersOfTest + "contacts:\n" + after)
	route := bundle.Files["rules/sample/route.yaml"]
	bundle.Files["rules/sample/route.yaml"] = []byte(strings.ReplaceAll(string(route), "queue: common", "queue: common\n  line: line1"))
	made, findings, err := p.service.RegisterRelease(t.Context(), bundle, desk.BuildInfo{}, false)
	require.NoError(t, err, "%v", findings)
	require.NoError(t, p.service.ActivateRelease(t.Context(), made.Digest))

	p.tenant, err = p.service.CreateTenant(t.Context(), desk.TenantInput{Slug: "first", Title: i18n.Text{RU: "Первый", EN: "First"}})
	require.NoError(t, err)
	p.desk, err = p.service.CreateDesk(t.Context(), "first", desk.DeskInput{
		Slug: "main", System: "sample", Prefix: "ABC", Title: i18n.Text{RU: "Поддержка", EN: "Support"},
		Settings: tenant.Settings{TimeZone: "Europe/Moscow", Contacts: map[string]string{"hotline": "+7 800 000-00-00"}},
	})
	require.NoError(t, err)
	p.requester = p.user(t, "anna@first.example", "Анна Петрова", "")
	p.agent = p.user(t, "boris@first.example", "Борис", "line1")
	p.silent = p.user(t, "vera@first.example", "Вера", "line2")
	require.NoError(t, p.service.Reload(t.Context()))
	return p
}

func (p *post) user(t *testing.T, email, name, line string) desk.Actor {
	t.Helper()
	in := desk.UserInput{Email: email, Password: "a long enough password", Name: name, Kind: person.Staff}
	a := desk.Actor{Tenant: p.tenant, Lang: i18n.RU, Memberships: map[ident.ID]access.Membership{}}
	if line != "" {
		in.Memberships = []desk.MembershipInput{{Desk: "main", Line: line}}
		a.Memberships[p.desk.ID] = access.Membership{Line: line}
	}
	made, err := p.service.CreateUser(t.Context(), "first", in)
	require.NoError(t, err)
	a.Person = &made
	return a
}

func (p *post) submit(t *testing.T, fields string) (number string, id ident.ID) {
	t.Helper()
	view, err := p.service.Submit(t.Context(), p.requester, desk.SubmitInput{Desk: "main", Form: "appeal", Fields: json.RawMessage(fields)})
	require.NoError(t, err)
	require.NoError(t, p.inTx(t, func(ctx context.Context, tx pgx.Tx) error {
		found, err := ticket.ByNumber(ctx, tx, p.tenant.ID, view.Number)
		if err == nil {
			id = found.ID
		}
		return err
	}))
	return view.Number, id
}

func (p *post) inTx(t *testing.T, fn func(ctx context.Context, tx pgx.Tx) error) error {
	t.Helper()
	return p.InTx(t.Context(), p.tenant.ID, fn)
}

// render runs the job of every event of a ticket twice and returns the letters.
func (p *post) render(t *testing.T, id ident.ID) (all []letter.Letter) {
	t.Helper()
	var events []ticket.Event
	require.NoError(t, p.inTx(t, func(ctx context.Context, tx pgx.Tx) (err error) {
		events, err = ticket.History(ctx, tx, p.tenant.ID, id)
		return err
	}))
	for range 2 {
		for _, e := range events {
			require.NoError(t, p.service.RenderLetters(t.Context(), p.tenant.ID, id, e.Seq))
		}
	}
	require.NoError(t, p.inTx(t, func(ctx context.Context, tx pgx.Tx) (err error) {
		all, err = letter.ByTicket(ctx, tx, p.tenant.ID, id, 100)
		return err
	}))
	return all
}

// told is what was rendered after the first letter, as "template to address".
func told(all []letter.Letter) []string {
	out := []string{}
	for _, l := range all {
		if l.Template != letter.Received {
			out = append(out, l.Template+" to "+l.Address)
		}
	}
	return out
}

const appeal = `{"title": "Не открывается\u2028отчёт", "email": "anna.form@first.example", "kind": "other", "numbers": ["1"]}`

func TestReceivedGoesToTheTicketsOwnAddress(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	all := p.render(t, id)
	require.Len(t, all, 1, "one job run twice renders one letter")
	l := all[0]
	require.Equal(t, []string{"received", "anna.form@first.example", "ru", letter.StateRendered},
		[]string{l.Template, l.Address, string(l.Lang), l.State})
	require.Equal(t, "Принято "+number+": Не открывается отчёт", l.Subject)
	require.Equal(t, p.requester.Person.ID, l.Recipient)
	require.Regexp(t, `^Анна Петрова, Новое, \d\d\.03\.2026 \d\d:\d\d, desk@sample\.example, \+7 800 000-00-00, https://desk\.example/t/first/tickets/`+number+"\n$", l.Body)
}

func TestTheRecipientsLanguage(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	_, err := p.Super(t).Exec(t.Context(), `update people set locale = 'en' where id = $1`, p.requester.Person.ID)
	require.NoError(t, err)
	number, id := p.submit(t, appeal)
	all := p.render(t, id)
	require.Len(t, all, 1)
	require.Equal(t, i18n.EN, all[0].Lang)
	require.True(t, strings.HasPrefix(all[0].Subject, "Received "+number))
	require.Contains(t, all[0].Body, "New")
}

// R1.8: the closing letter contains what the resolution says; answer and change of status commit
// together and make one letter.
func TestAnswerAndTransitionMakeOneLetter(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	_, err := p.service.Comment(t.Context(), p.agent, number, desk.CommentInput{
		Text: "Исправлено, {{.Number}}", Then: desk.ThenClose, Fields: json.RawMessage(`{"cause": "Сбой в справочнике отчётов"}`),
	})
	require.NoError(t, err)
	all := p.render(t, id)
	require.Equal(t, []string{"answered to anna.form@first.example"}, told(all))
	require.Equal(t, "Борис: Исправлено, {{.Number}} Причина=Сбой в справочнике отчётов; Отвечено\n", all[1].Body)
}

func TestClosingByTransitionContainsTheResolution(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	_, err := p.service.Transition(t.Context(), p.agent, number, desk.TransitionInput{
		Transition: "answer", Fields: json.RawMessage(`{"cause": "Сбой в справочнике отчётов"}`), Comment: "Проверьте",
	})
	require.NoError(t, err)
	all := p.render(t, id)
	require.Equal(t, []string{"answered to anna.form@first.example"}, told(all))
	require.Contains(t, all[1].Body, "Проверьте Причина=Сбой в справочнике отчётов")
}

func TestWhatAgentsDo(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	_, err := p.service.Comment(t.Context(), p.agent, number, desk.CommentInput{Text: "для своих", Internal: true})
	require.NoError(t, err)
	_, err = p.service.Comment(t.Context(), p.agent, number, desk.CommentInput{Text: "Смотрим", Then: desk.ThenKeep})
	require.NoError(t, err)
	_, err = p.service.Transition(t.Context(), p.agent, number, desk.TransitionInput{Transition: "take"})
	require.NoError(t, err)
	_, err = p.service.Transition(t.Context(), p.agent, number, desk.TransitionInput{Transition: "ask", Comment: "Какой отчёт?"})
	require.NoError(t, err)
	all := p.render(t, id)
	to := " to anna.form@first.example"
	require.Equal(t, []string{"commented" + to, "status" + to, "commented" + to}, told(all),
		"the letter of a change with words is one that tells them")
	require.Equal(t, []string{"Смотрим\n", "В работе\n", "Какой отчёт?\n"}, []string{all[1].Body, all[2].Body, all[3].Body})
	for _, l := range all {
		require.NotContains(t, l.Body, "для своих")
	}
}

// R2.19: an agent of a line that does not talk reaches the requester by no letter.
func TestSilentLinesSendNothing(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	_, err := p.service.HandOver(t.Context(), p.agent, number, "line2", "смотрите", 0)
	require.NoError(t, err)
	_, err = p.service.Transition(t.Context(), p.silent, number, desk.TransitionInput{Transition: "take"})
	require.NoError(t, err)
	_, err = p.service.Comment(t.Context(), p.silent, number, desk.CommentInput{Text: "нашли", Internal: true})
	require.NoError(t, err)
	require.Empty(t, told(p.render(t, id)))
}

// R4.39: the executor is told what the requester added.
func TestTheExecutorIsTold(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	_, err := p.service.Comment(t.Context(), p.requester, number, desk.CommentInput{Text: "ещё одно"})
	require.NoError(t, err)
	require.Empty(t, told(p.render(t, id)), "nobody is the executor yet")

	_, err = p.service.Assign(t.Context(), p.agent, number, &p.agent.Person.ID, 0)
	require.NoError(t, err)
	_, err = p.service.Transition(t.Context(), p.agent, number, desk.TransitionInput{
		Transition: "answer", Fields: json.RawMessage(`{"cause": "Сбой в справочнике отчётов"}`),
	})
	require.NoError(t, err)
	_, err = p.service.Comment(t.Context(), p.requester, number, desk.CommentInput{Text: "не помогло"})
	require.NoError(t, err)
	var all []letter.Letter
	for _, l := range p.render(t, id) {
		if l.Recipient == p.agent.Person.ID && strings.Contains(l.Body, "не помогло") {
			all = append(all, l)
		}
	}
	require.Len(t, all, 1)
	require.Equal(t, "executor", all[0].Template)
	require.Equal(t, "boris@first.example", all[0].Address)
	require.Equal(t, "не помогло В работе https://desk.example/t/first/desk/tickets/"+number+"\n", all[0].Body)

	_, err = p.Super(t).Exec(t.Context(), `delete from memberships where person_id = $1`, p.agent.Person.ID)
	require.NoError(t, err)
	_, err = p.service.Comment(t.Context(), p.requester, number, desk.CommentInput{Text: "секрет"})
	require.NoError(t, err)
	for _, l := range p.render(t, id) {
		require.NotContains(t, l.Body, "секрет", "who is no agent any more is not told")
	}
}

// A letter that lacked facts, and one that admission refused, as the mail's door writes them.
func TestIncompleteAndRefused(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	_, model := p.submit(t, appeal)
	file := func(to string, category api.Category, missing []string) ident.ID {
		id := ident.New()
		require.NoError(t, p.inTx(t, func(ctx context.Context, tx pgx.Tx) error {
			events, err := ticket.History(ctx, tx, p.tenant.ID, model)
			if err != nil {
				return err
			}
			e := events[0]
			e.Ticket, e.Data.To, e.Data.Category, e.Data.Missing = id, to, category, missing
			filed := ticket.Apply(ticket.Ticket{}, e)
			batch := &pgx.Batch{}
			ticket.Insert(batch, &filed, func(string) {})
			ticket.Append(batch, e)
			return tx.SendBatch(ctx, batch).Close()
		}))
		return id
	}
	all := p.render(t, file("short-of-data", api.Waiting, []string{"/kind", "/rows/0/note"}))
	require.Equal(t, []string{"incomplete to anna.form@first.example"}, told(all))
	require.Equal(t, "Вид: нужно заполнить; Заметка: нужно заполнить;\n", all[0].Body)
	all = p.render(t, file("turned-away", api.Done, nil))
	require.Equal(t, []string{"refused to anna.form@first.example"}, told(all))
	require.Equal(t, "Не принято\n", all[0].Body)
}

func TestNobodyToTellIsNoError(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	super := p.Super(t)
	_, id := p.submit(t, appeal)
	require.NoError(t, p.service.RenderLetters(t.Context(), p.tenant.ID, ident.New(), 1), "no such ticket")
	require.NoError(t, p.service.RenderLetters(t.Context(), p.tenant.ID, id, 77), "no such event")

	_, err := super.Exec(t.Context(), `update tickets set fields = '{"email": "a@b.example\nBcc: c@d.example"}' where id = $1`, id)
	require.NoError(t, err)
	_, err = super.Exec(t.Context(), `update people set email = 'Anna <anna@first.example>' where id = $1`, p.requester.Person.ID)
	require.NoError(t, err)
	require.Empty(t, p.render(t, id), "what is not one plain address is none")

	_, other := p.submit(t, appeal)
	require.NoError(t, p.service.Erase(t.Context(), p.tenant.ID, p.requester.Person.ID, "test"))
	require.Empty(t, p.render(t, other), "erased people and tickets get no letters")
}

// A plugin gets keys and identifiers, and nothing that a person wrote.
func TestHookEvents(t *testing.T) {
	t.Parallel()
	p := newPost(t)
	number, id := p.submit(t, appeal)
	_, err := p.service.Comment(t.Context(), p.agent, number, desk.CommentInput{Text: "тайна", Internal: true})
	require.NoError(t, err)
	require.True(t, p.service.HandlesEvents())
	got, wanted, err := p.service.HookEvent(t.Context(), p.tenant.ID, id, 2)
	require.NoError(t, err)
	require.True(t, wanted)
	require.Equal(t, "sample", got.System)
	require.Equal(t, api.Call{Tenant: "first", Desk: "main", Locale: "ru"}, got.Call)
	require.Equal(t, []any{number, int64(2), string(ticket.Noted)}, []any{got.Event.Number, got.Event.Seq, got.Event.Kind})
	require.NotContains(t, string(got.Event.Data), "тайна")
	for _, of := range []struct {
		tenant, ticket ident.ID
		seq            int64
	}{{p.tenant.ID, id, 99}, {p.tenant.ID, ident.New(), 1}, {ident.New(), id, 1}} {
		_, wanted, err = p.service.HookEvent(t.Context(), of.tenant, of.ticket, of.seq)
		require.NoError(t, err)
		require.False(t, wanted, "what is not there is not offered")
	}
}
