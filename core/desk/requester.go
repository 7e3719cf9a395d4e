package desk

import (
	"context"
	"strings"

	"github.com/jackc/pgx/v5"

	"github.com/opora-desk/opora/core/errs"
	"github.com/opora-desk/opora/core/form"
	"github.com/opora-desk/opora/core/i18n"
	"github.com/opora-desk/opora/core/ident"
	"github.com/opora-desk/opora/core/person"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/ticket"
)

// maxName bounds what an agent types for a caller.
const maxName = 300

// whoAsks finds the requester: the one who files, whom an agent files for on the phone, or, without a
// session, a new person made from what the form says. Nobody is found silently by name or address.
func (s *Service) whoAsks(ctx context.Context, f *filing) error {
	switch {
	case f.channel == api.Phone:
		return s.caller(ctx, f)
	case f.actor.Person != nil:
		f.requester = f.actor.Person
		return nil
	}
	// The form itself is not judged yet: a value of a wrong type is simply not there.
	fields, _, err := f.compiled.Form.Decode(f.in.Fields)
	if err != nil {
		return err
	}
	return newPerson(f, RequesterInput{
		Name: textAt(fields, f.declared.Person.Name), Email: textAt(fields, f.declared.Person.Email), Phone: textAt(fields, f.declared.Person.Phone),
		INN: textAt(fields, f.declared.Organisation.INN), Organisation: textAt(fields, f.declared.Organisation.Name),
	})
}

var errNoCaller = errs.Problems([]errs.Problem{{Pointer: "/requester/id", Code: "not_found"}})

// caller is whom an agent files for on the phone.
func (s *Service) caller(ctx context.Context, f *filing) error {
	in := *f.in.Requester
	if in.ID == ident.Nil {
		if problems := callerProblems(&in); len(problems) > 0 {
			return errs.Problems(problems)
		}
		return newPerson(f, in)
	}
	if in != (RequesterInput{ID: in.ID}) {
		return errs.Problems([]errs.Problem{{Pointer: "/requester", Code: "requester_id_alone"}})
	}
	return s.db.InTx(ctx, f.actor.Tenant.ID, func(ctx context.Context, tx pgx.Tx) error {
		known, err := person.ByID(ctx, tx, f.actor.Tenant.ID, in.ID)
		if errs.KindOf(err) == errs.NotFound || err == nil && known.ErasedAt != nil {
			return errNoCaller
		}
		f.requester = &known
		return err
	})
}

// callerProblems trims and checks what an agent types of somebody new; only the name is mandatory.
func callerProblems(in *RequesterInput) []errs.Problem {
	var out []errs.Problem
	for _, field := range []struct {
		pointer, format string
		value           *string
	}{
		{"/requester/email", "email", &in.Email},
		{"/requester/inn", "inn", &in.INN},
		{"/requester/name", "", &in.Name},
		{"/requester/organisation", "", &in.Organisation},
		{"/requester/phone", "phone", &in.Phone},
	} {
		*field.value = oneLine(*field.value)
		switch {
		case len([]rune(*field.value)) > maxName:
			out = append(out, errs.Problem{Pointer: field.pointer, Code: "too_long", Args: map[string]any{"max": maxName, "count": maxName}})
		case !api.Present(*field.value):
			*field.value = ""
		default:
			out = append(out, form.Fault(field.format, field.pointer, *field.value)...)
		}
	}
	if in.Name == "" {
		out = append(out, errs.Problem{Pointer: "/requester/name", Code: "required"})
	}
	return sorted(out)
}

// newPerson makes a requester without a login, unverified until somebody checks him.
func newPerson(f *filing, in RequesterInput) error {
	made := &person.Person{
		Tenant: f.actor.Tenant.ID, ID: ident.New(), Name: in.Name, Email: in.Email, Phone: in.Phone,
		Kind: person.Citizen, Locale: string(f.actor.Lang), CreatedAt: f.at,
	}
	if f.channel == api.Phone {
		made.Kind, made.Locale = person.Staff, string(i18n.RU)
	}
	f.requester, f.made = made, true
	if in.INN == "" || f.channel != api.Phone {
		// What a form without a session says of an organisation is only its text: it opens nobody's tickets.
		return nil
	}
	// Its row is found or made with the ticket, so that a refused filing leaves none behind.
	made.Organisation = &person.Organisation{INN: in.INN, Name: in.Organisation}
	return nil
}

// subjectOf is a ticket's subject: the field that the form names, or its template with {/pointer}
// places; a listed value stands by its title. It is one line of at most 200 characters.
func (s *Snapshot) subjectOf(form *api.Form, shape *api.Shape, fields api.Fields) string {
	const longest = 200
	text := form.Subject
	if strings.HasPrefix(text, "/") {
		text = "{" + text + "}"
	}
	text = strings.Join(strings.Fields(fillPlaces(text, func(pointer string) string {
		value := textAt(fields, pointer)
		if place := shapeAt(shape, pointer); place != nil && place.List != "" {
			return s.titleOf(place.List, value, i18n.RU)
		}
		return value
	})), " ")
	if text == "" {
		text = form.Title.RU
	}
	if runes := []rune(text); len(runes) > longest {
		text = string(runes[:longest-1]) + "…"
	}
	return text
}

// titleOf is the title of a listed value; a private list's values and unknown ones stand for themselves.
func (s *Snapshot) titleOf(list, value string, l i18n.Lang) string {
	if declared, ok := s.Declaration().List(list); !ok || declared.Private {
		return value
	}
	for _, v := range s.Lists[list] {
		if v.Key == value && !v.Title.IsZero() {
			return v.Title.In(l)
		}
	}
	return value
}

// shapeAt is the type of the place that a pointer names, nil where there is none.
func shapeAt(shape *api.Shape, pointer string) *api.Shape {
	tokens, ok := api.SplitPointer(pointer)
	if !ok {
		return nil
	}
	for _, token := range tokens {
		if shape == nil {
			return nil
		}
		shape = shape.Props[token]
	}
	return shape
}

// fillPlaces replaces {/pointer} by the value there.
func fillPlaces(template string, value func(pointer string) string) string {
	var out strings.Builder
	for {
		before, rest, found := strings.Cut(template, "{")
		out.WriteString(before)
		if !found {
			return out.String()
		}
		pointer, after, closed := strings.Cut(rest, "}")
		if !closed {
			return out.String()
		}
		out.WriteString(value(pointer))
		template = after
	}
}

// wordsOf is what a ticket is found by.
func wordsOf(t *ticket.Ticket, requester *person.Person) ticket.Words {
	w := ticket.Words{Subject: t.Subject}
	var text strings.Builder
	collectTexts(t.Fields, &text, &w.Exact)
	w.Text = text.String()
	if requester != nil {
		people := []string{requester.Name}
		w.Exact = append(w.Exact, requester.Email, requester.Phone)
		if requester.Organisation != nil {
			people = append(people, requester.Organisation.Name)
			w.Exact = append(w.Exact, requester.Organisation.INN)
		}
		w.People = strings.Join(people, " ")
	}
	return w
}

// maxExact bounds a value that is kept whole for the search, in bytes.
const maxExact = 100

func collectTexts(value any, text *strings.Builder, exact *[]string) {
	switch v := value.(type) {
	case string:
		text.WriteString(v)
		text.WriteByte('\n')
		if len(v) <= maxExact && (!strings.Contains(strings.TrimSpace(v), " ") || manyDigits(v)) {
			*exact = append(*exact, v)
		}
	case []any:
		for _, item := range v {
			collectTexts(item, text, exact)
		}
	case map[string]any:
		for _, item := range v {
			collectTexts(item, text, exact)
		}
	}
}

// manyDigits tells a phone or a number, which people write with spaces, from a text.
func manyDigits(s string) bool {
	digits := 0
	for _, r := range s {
		if r >= '0' && r <= '9' {
			digits++
		}
	}
	return digits >= 6 && digits*2 >= len([]rune(s))
}

// duplicateKeys are the values by which a ticket is found to be a duplicate: each present value of the
// form's duplicate_key, without letter case and spaces.
func duplicateKeys(form *api.Form, fields api.Fields) []string {
	seen := map[string]bool{}
	out := []string{}
	var add func(pointer string, value any)
	add = func(pointer string, value any) {
		switch v := value.(type) {
		case string:
			key := pointer + "=" + strings.ToLower(strings.Join(strings.Fields(v), ""))
			if strings.TrimSpace(v) != "" && !seen[key] {
				seen[key] = true
				out = append(out, key)
			}
		case []any:
			for _, item := range v {
				add(pointer, item)
			}
		}
	}
	for _, pointer := range form.DuplicateKey {
		for _, place := range api.At(fields, pointer) {
			add(pointer, place.Value)
		}
	}
	return out
}
