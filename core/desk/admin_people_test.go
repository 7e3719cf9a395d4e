package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/tenant"
)

// With a requester's password one reads and writes on every desk where he has tickets: it is given by who
// administers them all.
func TestAPasswordIsGivenByWhoAdministersEveryDeskOfARequester(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	s.Tenant.Desk("second", coretest.Webtorgi, tenant.Settings{})
	both := s.Tenant.Person(coretest.Who{Email: "both@zab.example", Administers: []string{"webtorgi", "second"}})
	set := func(a, of desk.Actor) error {
		_, err := d.SetPassword(ctx, a, of.Person.ID, "новый пароль")
		return err
	}
	require.NoError(t, set(s.Admin, s.Owner), "who has no ticket")
	s.File(s.Owner, "webtorgi", "appeal", coretest.Appeal(nil))
	require.NoError(t, set(s.Admin, s.Owner), "all on the administrator's desk")
	s.File(s.Owner, "second", "appeal", coretest.Appeal(nil))
	requireCode(t, errs.Forbidden, "works_elsewhere", set(s.Admin, s.Owner), "one elsewhere")
	for name, patch := range map[string]desk.PersonPatch{"address": {Email: new("mine@zab.example")}, "login": {Login: new(bool)}} {
		_, err := d.ChangePerson(ctx, s.Admin, s.Owner.Person.ID, patch)
		requireCode(t, errs.Forbidden, "works_elsewhere", err, name)
	}
	_, err := d.ChangePerson(ctx, s.Admin, s.Owner.Person.ID, desk.PersonPatch{Phone: new("8-3022-350000")})
	require.NoError(t, err, "what opens nothing")
	require.NoError(t, set(both, s.Owner))
	require.NoError(t, set(s.Admin, s.Colleague), "another's tickets do not count")
}

func TestAProfileIsChecked(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	for _, inn := range []string{"7536001232", "753600123", "0000000000", "75360012З1"} {
		_, err := d.CreatePerson(ctx, s.Admin, desk.PersonInput{Name: "Новый Человек", INN: inn})
		require.Equal(t, []string{"/organisation/inn"}, pointersOf(t, err), inn)
		_, err = d.ChangePerson(ctx, s.Admin, s.Owner.Person.ID, desk.PersonPatch{Organisation: &desk.OrganisationInput{INN: inn}})
		require.Equal(t, []string{"/organisation/inn"}, pointersOf(t, err), inn)
		_, err = d.CreateUser(ctx, "zab", desk.UserInput{Email: "x@zab.example", Name: "Новый", Password: password, INN: inn})
		requireCode(t, errs.Invalid, "bad_inn", err, inn)
	}
	const typed, kept = "\u202eНовый\u200f\u061c\u0007 Чело\u2066век\u200e", "Новый Человек"
	card, err := d.CreatePerson(ctx, s.Admin, desk.PersonInput{Name: typed, Position: typed, Phone: "8-3022-\u202e350000", INN: "7536001231", Organisation: typed})
	require.NoError(t, err)
	require.Equal(t, kept, card.Name)
	require.Equal(t, kept, card.Position)
	require.Equal(t, "8-3022-350000", card.Phone)
	require.Equal(t, kept, card.Organisation.Name)
	_, err = d.CreatePerson(ctx, s.Admin, desk.PersonInput{Name: "\u202e\u200f"})
	require.Equal(t, []string{"/name"}, pointersOf(t, err), "nothing to be seen")
	made, err := d.CreateUser(ctx, "zab", desk.UserInput{Email: "y@zab.example", Name: typed, Position: typed, Password: password, INN: "753602031203", Organisation: typed})
	require.NoError(t, err)
	require.Equal(t, kept, made.Name)
	require.Equal(t, kept, made.Position)
	require.Equal(t, kept, made.Organisation.Name)
}

// The page asks of a person what the forms ask; what was there before is no reason to refuse another
// change.
func TestAPersonIsAskedAsTheFormsAsk(t *testing.T) {
	t.Parallel()
	s := coretest.NewStage(t, "zab")
	ctx, d := t.Context(), s.World.Desk
	_, err := d.CreatePerson(ctx, s.Admin, desk.PersonInput{Name: "Ива", Phone: "abc"})
	require.Equal(t, []string{"/name", "/phone"}, pointersOf(t, err))
	_, err = d.CreatePerson(ctx, s.Admin, desk.PersonInput{Name: "Ива", Kind: person.Citizen})
	require.NoError(t, err, "a citizen is called as he says")
	_, err = d.CreatePerson(ctx, s.Admin, desk.PersonInput{Name: "Дежурная смена", Phone: "35-00-00"})
	require.NoError(t, err)
	for name, patch := range map[string]desk.PersonPatch{"/name": {Name: new("Ива")}, "/phone": {Phone: new("12 34")}} {
		_, err := d.ChangePerson(ctx, s.Admin, s.Owner.Person.ID, patch)
		require.Equal(t, []string{name}, pointersOf(t, err))
	}
	old, err := d.CreateUser(ctx, "zab", desk.UserInput{Email: "old@zab.example", Name: "Старый", Phone: "1", Password: password})
	require.NoError(t, err)
	_, err = d.ChangePerson(ctx, s.Admin, old.ID, desk.PersonPatch{Position: new("Аналитик")})
	require.NoError(t, err)
	_, err = d.OpenUser(ctx, desk.OperatorActor{}, "zab", desk.UserInput{Email: "new@zab.example", Name: "Ива"})
	require.Equal(t, []string{"/name"}, pointersOf(t, err), "the operator's page")
}
