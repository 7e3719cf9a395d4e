package desk_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// secret stands in everything that the writers of these tests send.
const secret = "Тайнов Секрет Иванович"

// writes are all ways to leave something in somebody's name, each with a fresh secret.
func writes(t *testing.T, s *coretest.Stage) map[string]func(a desk.Actor) error {
	t.Helper()
	ctx, d := t.Context(), s.World.Desk
	own := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	agents := s.File(s.Colleague, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	_, err := d.Transition(ctx, s.First, own, desk.TransitionInput{Transition: "request-data", Comment: "Уточните."})
	require.NoError(t, err)
	fields := func() map[string]any {
		return coretest.Appeal(map[string]any{"name": secret, "description": "Пишет " + secret + " о том, что план-график не публикуется."})
	}
	file, err := d.Upload(ctx, s.Owner, "webtorgi", "Файл.png", pngReader())
	require.NoError(t, err)
	return map[string]func(a desk.Actor) error{
		"ticket": func(a desk.Actor) error {
			_, err := d.Submit(ctx, a, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, fields())})
			return err
		},
		"ticket with a file": func(a desk.Actor) error {
			_, err := d.Submit(ctx, a, desk.SubmitInput{Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, fields()), Attachments: ids(file.ID)})
			return err
		},
		"repeatable ticket": func(a desk.Actor) error {
			_, err := d.Submit(ctx, a, desk.SubmitInput{
				Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, fields()), IdempotencyKey: "k", BodyDigest: []byte("k"),
			})
			return err
		},
		"comment": func(a desk.Actor) error {
			_, err := d.Comment(ctx, a, own, desk.CommentInput{Text: secret})
			return err
		},
		"edit": func(a desk.Actor) error {
			_, err := d.Patch(ctx, a, own, desk.PatchInput{Version: desk.AnyVersion, Fields: coretest.JSON(t, map[string]any{"name": secret})})
			return err
		},
		"transition": func(a desk.Actor) error {
			_, err := d.Transition(ctx, a, own, desk.TransitionInput{Transition: "withdraw", Comment: secret})
			return err
		},
		"note on another's ticket": func(a desk.Actor) error {
			_, err := d.Comment(ctx, a, agents, desk.CommentInput{Text: secret, Internal: true})
			return err
		},
		"hand-over": func(a desk.Actor) error {
			_, err := d.HandOver(ctx, a, agents, "line3", secret, 0)
			return err
		},
		"upload": func(a desk.Actor) error {
			_, err := d.Upload(ctx, a, "webtorgi", secret+".png", pngReader())
			return err
		},
		"upload link": func(a desk.Actor) error {
			_, err := d.MakeUploadLink(ctx, a, agents, secret)
			return err
		},
		"view": func(a desk.Actor) error {
			_, err := d.CreateView(ctx, a, "webtorgi", desk.SavedViewInput{Title: secret, Query: "status=done"})
			return err
		},
		"new person": func(a desk.Actor) error {
			_, err := d.CreatePerson(ctx, a, desk.PersonInput{Name: secret})
			return err
		},
		"template": func(a desk.Actor) error {
			_, err := d.CreateTemplate(ctx, a, "webtorgi", desk.TemplateInput{Title: secret, Text: secret})
			return err
		},
	}
}

// everything is somebody who may make each of the writes: agent and administrator, and the requester of
// his ticket.
func everything(t *testing.T, s *coretest.Stage) {
	t.Helper()
	s.Owner = s.Tenant.Person(coretest.Who{
		Name: "Пишущий Пётр Петрович", Email: "writer@zab.example", Lines: map[string]string{"webtorgi": "line1"}, Administers: []string{"webtorgi"},
	})
}

// Whoever was let in before an erasure and writes after it is refused, whatever he writes: his session is
// looked at in a transaction of its own.
func TestWhatIsWrittenAfterAnErasureIsRefused(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	everything(t, s)
	ways := writes(t, s)
	// The profile goes first, and his tickets after it: between the two is where writes came in.
	require.NoError(t, s.DB.InTx(t.Context(), s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.Erase(ctx, tx, s.Tenant.ID, s.Owner.Person.ID, s.Clock.Now())
	}))
	for name, write := range ways {
		requireCode(t, errs.Unauthenticated, "session_invalid", write(s.Owner), name)
	}
	require.NoError(t, s.World.Desk.ErasePerson(t.Context(), s.Admin, s.Owner.Person.ID))
	require.NotContains(t, dump(t, s), secret)
	verify(t, s)
}

// An erasure waits for who writes: what he wrote is there when it looks, and goes.
func TestAnErasureTakesWhatIsBeingWritten(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, conn := t.Context(), s.DB.Super(t)
	// Every write stops behind this lock with its person held: on the counter's row, or the ticket's words.
	block, err := conn.Begin(ctx)
	require.NoError(t, err)
	defer func() { _ = block.Rollback(context.WithoutCancel(ctx)) }()
	comments := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	_, err = block.Exec(ctx, `select 1 from desk_counters for update`)
	require.NoError(t, err)
	_, err = block.Exec(ctx, `select 1 from ticket_search for update`)
	require.NoError(t, err)

	results := make(chan error, 2)
	go func() {
		_, err := s.World.Desk.Submit(ctx, s.Owner, desk.SubmitInput{
			Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(map[string]any{"name": secret})),
		})
		results <- err
	}()
	go func() {
		_, err := s.World.Desk.Comment(ctx, s.Owner, comments, desk.CommentInput{Text: secret})
		results <- err
	}()
	waiting(t, s, 2)
	erased := make(chan error, 1)
	go func() { erased <- s.World.Desk.ErasePerson(ctx, s.Admin, s.Owner.Person.ID) }()
	waiting(t, s, 3)
	require.NoError(t, block.Rollback(ctx))
	require.NoError(t, <-results)
	require.NoError(t, <-results)
	require.NoError(t, <-erased)
	require.NotContains(t, dump(t, s), secret)
	verify(t, s)
}

// waiting returns when so many of the database's sessions wait for a lock.
func waiting(t *testing.T, s *coretest.Stage, count int) {
	t.Helper()
	conn := s.DB.Super(t)
	for began := time.Now(); ; {
		require.Less(t, time.Since(began), time.Minute, "nobody waits")
		var found int
		require.NoError(t, conn.QueryRow(t.Context(), `
			select count(*) from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`).Scan(&found))
		if found >= count {
			return
		}
	}
}

// All at once, as it would come over the wire: whatever is answered, nothing personal is left.
func TestErasingWhileAllIsWritten(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	for range 3 {
		who := s.Tenant.Person(coretest.Who{Name: "Пишущий", Email: ident.New().String() + "@zab.example"})
		number := s.File(who, "webtorgi", "appeal", coretest.Appeal(nil)).Number
		var group sync.WaitGroup
		start := make(chan struct{})
		codes := make(chan string, 28)
		for i := range 28 {
			group.Go(func() {
				<-start
				var err error
				if i%2 == 0 {
					_, err = s.World.Desk.Submit(t.Context(), who, desk.SubmitInput{
						Desk: "webtorgi", Form: "appeal", Fields: coretest.JSON(t, coretest.Appeal(map[string]any{"name": secret})),
					})
				} else {
					_, err = s.World.Desk.Comment(t.Context(), who, number, desk.CommentInput{Text: fmt.Sprint(secret, i)})
				}
				if err != nil {
					codes <- errs.CodeOf(err)
				}
			})
		}
		failed := make(chan error, 1)
		group.Go(func() {
			<-start
			failed <- s.World.Desk.ErasePerson(t.Context(), s.Admin, who.Person.ID)
		})
		close(start)
		group.Wait()
		close(codes)
		require.NoError(t, <-failed)
		for code := range codes {
			require.Equal(t, "session_invalid", code)
		}
		require.NotContains(t, dump(t, s), secret)
	}
	verify(t, s)
}

// A caller who is erased while an agent files for him leaves no ticket; the agent's session goes on, and
// he reads that there is no such person.
func TestAPhoneTicketOfWhoIsErasedMeanwhile(t *testing.T) {
	t.Parallel()
	w := coretest.New(t, "docflow")
	s := &coretest.Stage{World: w, Tenant: w.Tenant("zab")}
	s.Tenant.Desk("docflow", "docflow", tenant.Settings{})
	s.First = s.Tenant.Person(coretest.Who{Email: "first@zab.example", Lines: map[string]string{"docflow": "line1"}})
	s.Foreign = s.Tenant.Person(coretest.Who{Email: "foreign@zab.example"})
	ctx, conn := t.Context(), s.DB.Super(t)
	block, err := conn.Begin(ctx)
	require.NoError(t, err)
	defer func() { _ = block.Rollback(context.WithoutCancel(ctx)) }()
	// An erasure that has its row and is not committed.
	_, err = block.Exec(ctx, `select 1 from people where tenant_id = $1 and id = $2 for update`, s.Tenant.ID, s.Foreign.Person.ID)
	require.NoError(t, err)
	file := func(requester ident.ID) error {
		_, err := s.World.Desk.Submit(ctx, s.First, desk.SubmitInput{
			Desk: "docflow", Form: "request", Channel: "phone", Fields: coretest.JSON(t, map[string]any{
				"type": "advice", "title": "Как направить документ нескольким адресатам", "name": secret, "email": "orlova@adm.example",
				"description":  "В инструкции описан один адресат. Как направить исходящий документ сразу трём управлениям?",
				"organisation": "Администрация", "position": "Специалист", "phone": "+7 (4012) 12-34-56",
			}),
			Requester: &desk.RequesterInput{ID: requester},
		})
		return err
	}
	result := make(chan error, 1)
	go func() { result <- file(s.Foreign.Person.ID) }()
	waiting(t, s, 1)
	_, err = block.Exec(ctx, `update people set erased_at = now(), login = null where tenant_id = $1 and id = $2`, s.Tenant.ID, s.Foreign.Person.ID)
	require.NoError(t, err)
	require.NoError(t, block.Commit(ctx))
	err = <-result
	require.Equal(t, errs.Invalid, errs.KindOf(err), "%v", err)
	var refused *errs.Error
	require.ErrorAs(t, err, &refused)
	require.Equal(t, []errs.Problem{{Pointer: "/requester/id", Code: "not_found"}}, refused.Fields)

	other := s.Tenant.Person(coretest.Who{Email: "other@zab.example"}).Person.ID
	require.NoError(t, s.DB.InTx(ctx, s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.Erase(ctx, tx, s.Tenant.ID, s.First.Person.ID, s.Clock.Now())
	}))
	requireCode(t, errs.Unauthenticated, "session_invalid", file(other), "the agent is gone")
	require.NotContains(t, dump(t, s), secret)
}

// A link whose maker was erased after it was looked at takes nothing more.
func TestAnUploadByALinkOfWhoIsErasedMeanwhile(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	number := s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil)).Number
	link, err := s.World.Desk.MakeUploadLink(ctx, s.First, number, "")
	require.NoError(t, err)
	token := ident.Token(link.Path[strings.LastIndexByte(link.Path, '/')+1:])
	// The body is read after the link was looked at: the maker goes while it comes in.
	body := &hooked{Reader: pngReader(), first: func() {
		require.NoError(t, s.World.Desk.ErasePerson(ctx, s.Admin, s.First.Person.ID))
	}}
	_, err = s.World.Desk.PutUpload(ctx, "zab", token, secret+".png", body, i18n.RU)
	requireCode(t, errs.NotFound, "upload_link_used", err, "the maker is gone")
	require.NotContains(t, dump(t, s), secret)
}

// Who signs in while he is erased, or given another password, gets no session.
func TestSigningInMeanwhile(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx := t.Context()
	for name, change := range map[string]string{
		"erased":           `update people set erased_at = now(), login = null, password_hash = null where tenant_id = $1 and id = $2`,
		"another password": `update people set password_hash = 'another' where tenant_id = $1 and id = $2`,
	} {
		p := user(t, s, ident.New().String()+"@example.org", desk.UserInput{})
		block, err := s.DB.Super(t).Begin(ctx)
		require.NoError(t, err)
		_, err = block.Exec(ctx, change, s.Tenant.ID, p.ID)
		require.NoError(t, err)
		result := make(chan error, 1)
		go func() {
			_, err := s.World.Desk.SignIn(ctx, "zab", p.Login, password, "192.0.2.1", i18n.RU)
			result <- err
		}()
		waiting(t, s, 1)
		require.NoError(t, block.Commit(ctx))
		requireCode(t, errs.Unauthenticated, "wrong_credentials", <-result, name)
		var sessions int
		require.NoError(t, s.DB.Super(t).QueryRow(ctx, `select count(*) from sessions where person_id = $1`, p.ID).Scan(&sessions))
		require.Zero(t, sessions, name)
	}
}

// A bearer for a ticket is made for nobody who was erased.
func TestNoSessionOfAnErasedPerson(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	require.NoError(t, s.World.Desk.ErasePerson(t.Context(), s.Admin, s.Owner.Person.ID))
	err := s.DB.InTx(t.Context(), s.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		return person.InsertSession(ctx, tx, s.Tenant.ID, person.Session{
			Digest: ident.NewToken().Digest(), Person: s.Owner.Person.ID, CreatedAt: s.Clock.Now(), ExpiresAt: s.Clock.Now(),
		})
	})
	require.ErrorIs(t, err, person.ErrErased)
}
