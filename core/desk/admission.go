package desk

import (
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/plugin/api"
)

// applicant is who files, as admission looks at him.
type applicant struct {
	// kind is staff or citizen, empty for somebody without an account.
	kind string
	// emails are his own address and the one that the form gives.
	emails []string
}

// addressless reports whether no address of the applicant is known.
func (a applicant) addressless() bool {
	return !slices.ContainsFunc(a.emails, func(email string) bool { return email != "" })
}

// admit refuses who may not file a form by a channel. The first declared condition that fails answers.
// Errors: Invalid with the declared code (for example "not_a_member", R0.27) and message; on the phone
// the message says to the agent what to tell the caller.
func admit(snap *Snapshot, form *api.Form, channel api.Channel, who applicant) error {
	for i := range snap.Declaration().Admission {
		rule := &snap.Declaration().Admission[i]
		if !governs(rule, form.Key, channel) || admits(snap, rule, who) {
			continue
		}
		return refusal(rule, form, channel, who)
	}
	return nil
}

func refusal(rule *api.Admission, form *api.Form, channel api.Channel, who applicant) *errs.Error {
	code := rule.Code
	if code == "" {
		code = "not_admitted"
	}
	refused := errs.New(errs.Invalid, code, "admission "+rule.ID+" refuses the filing")
	refused.Text = rule.Message
	if pointer := form.Person.Email; pointer != "" && (rule.MailIn != "" || rule.MailNotIn != "") {
		refused.Fields = []errs.Problem{{Pointer: pointer, Code: code, Text: rule.Message, Rule: rule.ID}}
		return refused
	}
	if channel != api.Phone {
		return refused
	}
	switch {
	case rule.Members == "" || !who.addressless():
		refused.Text = i18n.Text{RU: toTheCaller(i18n.RU, rule), EN: toTheCaller(i18n.EN, rule)}
	case len(who.emails) > 0: // a known person, whose profile has none
		refused.Text = i18n.Both("phone.no_address", nil)
	default:
		refused.Text = i18n.Both("phone.address_needed", nil)
		refused.Fields = []errs.Problem{{Pointer: addressOfCaller(form), Code: "required", Text: refused.Text, Rule: rule.ID}}
	}
	return refused
}

// toTheCaller says a refusal to the agent on the phone: the declared message speaks to who is refused.
func toTheCaller(l i18n.Lang, rule *api.Admission) string {
	return i18n.Message(l, "phone.refused", map[string]any{"reason": rule.Message.In(l)})
}

// addressOfCaller is where a caller's address is asked for: in the form, or beside it.
func addressOfCaller(form *api.Form) string {
	if form.Person.Email != "" {
		return form.Person.Email
	}
	return "/requester/email"
}

// checksMembers reports whether a form is taken only from the members of a list that has any.
func checksMembers(snap *Snapshot, form *api.Form, channel api.Channel) bool {
	return slices.ContainsFunc(snap.Declaration().Admission, func(rule api.Admission) bool {
		return governs(&rule, form.Key, channel) && rule.Members != "" && len(snap.Lists[rule.Members]) > 0
	})
}

func admits(snap *Snapshot, rule *api.Admission, who applicant) bool {
	if len(rule.Kinds) > 0 && who.kind != "" && !slices.Contains(rule.Kinds, who.kind) {
		return false
	}
	for _, email := range who.emails {
		zone := domainOf(email)
		// A zone is the whole domain: neither a domain below it nor one that merely ends alike.
		if rule.MailIn != "" && !snap.InList(rule.MailIn, zone) || rule.MailNotIn != "" && snap.InList(rule.MailNotIn, zone) {
			return false
		}
	}
	if rule.Members != "" && len(snap.Lists[rule.Members]) > 0 {
		return slices.ContainsFunc(who.emails, func(email string) bool {
			return snap.InList(rule.Members, strings.ToLower(email))
		})
	}
	return true
}

func domainOf(email string) string {
	_, domain, _ := strings.Cut(strings.ToLower(strings.TrimSpace(email)), "@")
	return strings.TrimSuffix(domain, ".")
}
