package desk_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/desk"
	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/tenant"
)

// Whether a caller may be taken is told to the agent before the form is filled, in words for him (R0.27).
func TestWhoCallsIsCheckedBeforeTheFormIsFilled(t *testing.T) {
	t.Parallel()
	w := coretest.New(t, "accreditation")
	tn := w.Tenant("minzdrav")
	tn.Desk("accreditation", "accreditation", tenant.Settings{TimeZone: "Europe/Moscow"})
	agent := tn.Person(coretest.Who{Email: "agent@minzdrav.example", Lines: map[string]string{"accreditation": "line1"}})
	admin := tn.Person(coretest.Who{Email: "admin@minzdrav.example", Administers: []string{"accreditation"}})
	member := tn.Person(coretest.Who{Email: "member@minzdrav.example"})
	outside := tn.Person(coretest.Who{Email: "outside@minzdrav.example"})
	nameless := tn.Person(coretest.Who{})
	check := func(a desk.Actor, who *desk.RequesterInput) (desk.CheckView, error) {
		return w.Desk.Check(t.Context(), a, desk.CheckInput{Desk: "accreditation", Form: "request", Fields: coretest.JSON(t, map[string]any{}), Requester: who})
	}
	const address = "/requester/email"

	view, err := check(agent, &desk.RequesterInput{Name: "Новый Пётр Ильич"})
	require.NoError(t, err)
	require.NotContains(t, view.Required, address, "a desk without a list checks nobody")
	_, err = w.Desk.SetListValue(t.Context(), admin, "accreditation", "commission-members", "member@minzdrav.example", i18n.Text{}, false)
	require.NoError(t, err)

	for who, in := range map[string]struct {
		caller   desk.RequesterInput
		refused  string
		required bool
	}{
		"of whom nothing is said yet": {required: true},
		"half an address":             {caller: desk.RequesterInput{Email: "outside@"}, required: true},
		"the address of a member":     {caller: desk.RequesterInput{Email: " Member@minzdrav.example"}, required: true},
		"another address":             {caller: desk.RequesterInput{Email: "outside@minzdrav.example"}, refused: "Этого человека нельзя принять. Что ему ответить: Заявки от лиц", required: true},
		"a known member":              {caller: desk.RequesterInput{ID: member.Person.ID}},
		"a known person outside":      {caller: desk.RequesterInput{ID: outside.Person.ID}, refused: "Этого человека нельзя принять. Что ему ответить: Заявки от лиц"},
		"a known one without address": {caller: desk.RequesterInput{ID: nameless.Person.ID}, refused: "у него она не указана"},
	} {
		view, err := check(agent, &in.caller)
		require.NoError(t, err, who)
		if in.required {
			require.Contains(t, view.Required, address, who)
		} else {
			require.NotContains(t, view.Required, address, who)
		}
		if in.refused == "" {
			require.Nil(t, view.Refused, who)
			continue
		}
		require.NotNil(t, view.Refused, who)
		require.Equal(t, "not_a_member", view.Refused.Code, who)
		require.Contains(t, view.Refused.Message, in.refused, who)
	}

	_, err = check(member, &desk.RequesterInput{Email: "outside@minzdrav.example"})
	require.Equal(t, "not_allowed", errs.CodeOf(err), "whom the list has is told to agents alone")

	// Filing says the same, and at which field an address is wanted.
	file := func(who desk.RequesterInput) *errs.Error {
		_, err := w.Desk.Submit(t.Context(), agent, desk.SubmitInput{
			Desk: "accreditation", Form: "request", Channel: api.Phone, Requester: &who, Fields: coretest.JSON(t, map[string]any{
				"topic": "Не открывается протокол", "secretary": "Лебедева Ирина Сергеевна", "chairman": "Громов Артём Николаевич", "concerns": "nobody",
				"wanted": "Открыть протокол заседания", "done": "Нажала кнопку «Открыть»", "messages": "Ошибка сервера на экране", "failed": "Протокол не открывается",
			}),
		})
		var refused *errs.Error
		require.ErrorAs(t, err, &refused)
		require.Equal(t, "not_a_member", refused.Code)
		return refused
	}
	require.Contains(t, file(desk.RequesterInput{Name: "Новый Пётр Ильич", Email: "outside@minzdrav.example"}).In(i18n.RU), "нельзя принять")
	without := file(desk.RequesterInput{Name: "Новый Пётр Ильич"})
	require.Len(t, without.Fields, 1)
	require.Equal(t, address, without.Fields[0].Pointer)
}
