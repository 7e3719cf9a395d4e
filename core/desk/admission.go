package desk

import (
	"slices"
	"strings"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/plugin/api"
)

// applicant is who files, as admission looks at him.
type applicant struct {
	// kind is staff or citizen, empty for somebody without an account.
	kind string
	// emails are his own address and the one that the form gives.
	emails []string
}

// admit refuses who may not file a form by a channel. The first declared condition that fails answers.
// Errors: Invalid with the declared code (for example "not_a_member", R0.27) and message.
func admit(snap *Snapshot, form *api.Form, channel api.Channel, who applicant) error {
	for i := range snap.Declaration().Admission {
		rule := &snap.Declaration().Admission[i]
		if !governs(rule, form.Key, channel) || admits(snap, rule, who) {
			continue
		}
		code := rule.Code
		if code == "" {
			code = "not_admitted"
		}
		refused := errs.New(errs.Invalid, code, "admission "+rule.ID+" refuses the filing")
		refused.Text = rule.Message
		if pointer := form.Person.Email; pointer != "" && (rule.MailIn != "" || rule.MailNotIn != "") {
			refused.Fields = []errs.Problem{{Pointer: pointer, Code: code, Text: rule.Message, Rule: rule.ID}}
		}
		return refused
	}
	return nil
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
