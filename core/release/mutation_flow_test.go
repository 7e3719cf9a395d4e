package release_test

import "testing"

func TestCheckFindsBrokenFlow(t *testing.T) {
	t.Parallel()
	checkMutations(t, []mutation{
		{code: "unknown_status", old: "incomplete: short-of-data", changed: "incomplete: short-of-date", says: `did you mean "short-of-data"?`},
		{code: "unknown_status", old: "refused: turned-away\n", changed: "refused: nowhere\n", at: "refused: nowhere", also: []string{"unreachable_status"}},
		{code: "retired_target", old: "incomplete: short-of-data", changed: "incomplete: frozen", says: "retired"},
		{code: "retired_target", old: "from: [at-work], to: short-of-data, by: [line1]", changed: "from: [at-work], to: frozen, by: [line1]", says: `"frozen"`},
		{code: "no_incomplete_status", old: "  incomplete: short-of-data\n", changed: "", at: "  initial: fresh", says: "mail"},
		{code: "unknown_status", old: "from: [answered], to: at-work", changed: "from: [answered, at-wrok], to: at-work", says: `did you mean "at-work"?`},
		{code: "unknown_status", old: "from: [short-of-data], to: at-work, source", changed: "from: [short-of-data], to: done, source", says: `"done"`},
		{code: "any_status_alone", old: "from: [at-work], to: short-of-data", changed: "from: [\"*\", at-work], to: short-of-data", says: "*"},
		{code: "unknown_line", old: "by: [line1]", changed: "by: [line3]", says: `did you mean "line1"?`},
		{code: "unknown_line", old: "by: [line1]", changed: "by: [agnet]", says: `did you mean "agent"?`},
		{code: "by_or_on", old: "key: ask, title: {ru: \"Спросить\", en: \"Ask\"}, from: [at-work], to: short-of-data, by: [line1]", changed: "key: ask, title: {ru: \"Спросить\", en: \"Ask\"}, from: [at-work], to: short-of-data", says: "exactly one"},
		{code: "by_or_on", old: "key: complete, on: requester_added", changed: "key: complete, on: requester_added, by: [agent]", says: "exactly one"},
		{code: "automatic_needs", old: "key: reopen, on: requester_added", changed: "key: reopen, on: requester_added, needs: [comment]"},
		{code: "automatic_answers", old: "key: reopen, on: requester_added", changed: "key: reopen, on: requester_added, answers: true"},
		{code: "no_title", old: "key: take, title: {ru: \"Взять\", en: \"Take\"}", changed: "key: take", says: `"take"`},
		{code: "no_resolution", old: "resolution: {schema: sample/resolution.v1.schema.json, ui: sample/resolution.v1.ui.json}\n", changed: "", at: "needs: [resolution]"},
		{code: "many_answers", old: "key: ask, title: {ru: \"Спросить\", en: \"Ask\"}, from: [at-work], to: short-of-data", changed: "key: ask, answers: true, title: {ru: \"Спросить\", en: \"Ask\"}, from: [at-work], to: short-of-data", at: "key: answer,", says: `"at-work"`},
		{code: "answers_by", old: "to: answered, by: [agent]", changed: "to: answered, by: [requester]"},
		{code: "line_cannot_close", old: "to: answered, by: [agent]", changed: "to: answered, by: [line2]", says: "closes"},
		{code: "unreachable_status", old: "clock: pause, retired: true, source: product}", changed: "clock: pause, source: product}", at: "key: frozen", says: `"frozen"`},
		{code: "dead_end_status", old: "from: [fresh, frozen]", changed: "from: [fresh]", at: "key: frozen", says: `"frozen"`},
		{code: "shadowed_transition", old: "from: [answered], to: at-work", changed: "from: [answered, short-of-data], to: at-work", says: `"complete"`},
		{code: "shadowed_transition", old: "key: complete, on: requester_added, from: [short-of-data]", changed: "key: complete, on: requester_added, from: [\"*\"]", at: "key: reopen", says: `"complete"`},
		{code: "hands_to_itself", old: "hands_to: [line2]", changed: "hands_to: [line1]", at: "key: line1"},
		{code: "unknown_line", old: "hands_to: [line2]", changed: "hands_to: [line4]"},
		{code: "unknown_line", old: "en: \"Hard ones\"}, line: line2", changed: "en: \"Hard ones\"}, line: line9"},
		{code: "reserved_key", old: "  - {key: line2, title", changed: "  - {key: agent, title: {ru: \"А\", en: \"A\"}, sees: desk, source: product}\n  - {key: line2, title", at: "key: agent"},
		{code: "duplicate", old: "- {key: turned-away, title", changed: "- {key: fresh, title: {ru: \"А\", en: \"A\"}, category: new, clock: run, source: product}\n    - {key: turned-away, title", at: "- {key: fresh, title: {ru: \"А\"", says: "number 1"},
		{code: "duplicate", old: "key: complete, on", changed: "key: take, on"},
		{code: "duplicate", old: "- {key: hard,", changed: "- {key: common,", at: "- {key: common, title: {ru: \"Сложные\""},
	})
}

func TestCheckFindsBrokenTerms(t *testing.T) {
	t.Parallel()
	checkMutations(t, []mutation{
		{code: "unknown_priority", old: "default: normal", changed: "default: norml", says: `did you mean "normal"?`},
		{code: "unknown_priority", old: "scale: [low, normal, high]", changed: "scale: [low, normal]", at: "    high: {ru", says: `"high"`},
		{code: "no_title", old: "scale: [low, normal, high]", changed: "scale: [low, normal, high, critical]", at: "    low: {ru", says: `"critical"`},
		{code: "deadline_duration", old: "agreed: true, source: document", changed: "agreed: true, working_days: 2, source: document", says: "exactly one"},
		{code: "deadline_duration", old: "working_minutes: 120, ", changed: "", at: "key: two-hours", says: "exactly one"},
		{code: "many_defaults", old: "working_minutes: 120", changed: "default: true, working_minutes: 120", says: `"three-days"`},
		{code: "unknown_status", old: "pause: [at-work]", changed: "pause: [at-wokr]", says: `did you mean "at-work"?`},
		{code: "duplicate", old: "key: two-hours", changed: "key: three-days", at: "key: three-days, title: {ru: \"Два часа\""},
		{code: "working_time", old: `to: "20:00"`, changed: `to: "07:00"`, says: "08:00"},
		{code: "default_too_wide", old: "default: own", changed: "default: desk", says: "wider"},
		{code: "no_name_max", old: ", name_max: 20", changed: "", at: "attachments:", says: "latin"},
		{code: "empty_contact", old: "kind: phone, setting: hotline", changed: "kind: phone"},
		{code: "unknown_form", old: "forms: [request]", changed: "forms: [reqest]", says: `did you mean "request"?`},
		{code: "unknown_list", old: "mail_not_in: free-mail", changed: "mail_not_in: free-mial", says: `did you mean "free-mail"?`},
		{code: "unknown_list", old: "members: members", changed: "members: nobody"},
		{code: "members_not_private", old: "members: members", changed: "members: free-mail"},
		{code: "empty_admission", old: "    one_for: /organisation\n", changed: "", at: "id: one-each"},
		{code: "unknown_field", old: "one_for: /organisation", changed: "one_for: /organization", says: `did you mean "/organisation"?`},
		{code: "duplicate", old: "id: one-each", changed: "id: members-only", at: "id: members-only\n    forms: [request]"},
		{code: "no_refused_status", old: "  refused: turned-away\n", changed: "", at: "  initial: fresh", also: []string{"unreachable_status"}},
		{code: "duplicate", old: "{key: other, title", changed: "{key: fault, title", at: "{key: fault, title: {ru: \"Иное\""},
		{code: "duplicate", old: "- key: free-mail", changed: "- {key: members, title: {ru: \"Ч\", en: \"M\"}, values: [], extendable: true, source: product}\n  - key: free-mail", at: "- {key: members, title: {ru: \"Ч\""},
		{code: "empty_list", old: "values: [], extendable: true", changed: "values: []"},
		{code: "param_default", old: "type: integer, default: 3", changed: "type: integer, default: 3.5"},
		{code: "param_default", old: "type: integer, default: 3", changed: "type: string, default: 3"},
		{code: "duplicate", old: "params:\n", changed: "params:\n  - {key: hard_after, title: {ru: \"П\", en: \"T\"}, type: string, default: x}\n", at: "{key: hard_after, title: {ru: \"Порог\""},
		{code: "duplicate", old: "name: prefill, deadline_ms: 500, unavailable: profile", changed: "name: read_letter, deadline_ms: 500, unavailable: wait"},
		{code: "hook_fallback", old: "unavailable: profile", changed: "unavailable: wait", at: "name: prefill", says: `"profile"`},
	})
}

func TestCheckFindsBrokenForms(t *testing.T) {
	t.Parallel()
	schema, layout := "schemas/sample/appeal.v1.schema.json", "schemas/sample/appeal.v1.ui.json"
	checkMutations(t, []mutation{
		{code: "unknown_field", old: "subject: /title", changed: "subject: /tilte", says: `did you mean "/title"?`},
		{code: "unknown_field", old: "{/kind} {/title}", changed: "{/kind} {/text}", says: "/text"},
		{code: "bad_subject", old: "{/kind} {/title}", changed: "{/kind} {/title", says: "{/title}"},
		{code: "bad_subject", old: "{/kind} {/title}", changed: "без полей"},
		{code: "field_type", old: "subject: /title", changed: "subject: /numbers", says: "array"},
		{code: "unknown_field", old: "person: {name: /name", changed: "person: {name: /fio"},
		{code: "unknown_field", old: "email: /email}", changed: "email: /mail}", says: `did you mean "/email"?`},
		{code: "unknown_field", old: "organisation: {name: /organisation}", changed: "organisation: {name: /organisation, inn: /inn}"},
		{code: "unknown_field", old: "/organisation: organisation.name", changed: "/position: person.position"},
		{code: "unknown_field", old: "duplicate_key: [/numbers, /kind]", changed: "duplicate_key: [/numbers, /kinds]", says: `did you mean "/kind"?`},
		{code: "unknown_field", old: "duplicate_key: [/numbers, /kind]", changed: "duplicate_key: [/rows/note]"},
		{code: "public_without_person", old: "    person: {name: /name, email: /email}\n", changed: "", at: "key: appeal"},
		{code: "duplicate", old: "- key: request\n", changed: "- key: appeal\n", at: "- key: appeal\n    title: {ru: \"Заявка\"", also: []string{"unknown_form"}},
		{code: "foreign_file", old: "resolution: {schema: sample/", changed: "resolution: {schema: other/", says: "sample/"},
		{code: "source_missing", file: layout, old: `"widget": "email",
      "source": "document"`, changed: `"widget": "email"`, at: `"/email": {`, says: "/email"},
		{code: "unknown_list", file: schema, old: `"x-list": "kinds"`, changed: `"x-list": "sorts"`},
		{code: "forbidden_keyword", file: schema, old: `"maxItems": 50,`, changed: `"maxItems": 50, "if": {},`},
	})
}

func TestCheckFindsMissingAndUnusedFiles(t *testing.T) {
	t.Parallel()
	// Collect refuses these, but a process may send any bundle.
	checkFiles(t, "no_file", "plugin.yaml", func(files map[string][]byte) { delete(files, "schemas/sample/resolution.v1.schema.json") })
	checkFiles(t, "no_file", "plugin.yaml", func(files map[string][]byte) { delete(files, "schemas/sample/resolution.v1.ui.json") })
	checkFiles(t, "unused_file", "schemas/sample/old.v1.schema.json", func(files map[string][]byte) { files["schemas/sample/old.v1.schema.json"] = []byte("{}") })
	checkFiles(t, "unused_file", "schemas/shared/phone.schema.json", func(files map[string][]byte) { files["schemas/shared/phone.schema.json"] = []byte("{}") })
	checkFiles(t, "unused_file", "rules/other/route.yaml", func(files map[string][]byte) { files["rules/other/route.yaml"] = []byte("[]") })
	checkFiles(t, "bad_bundle", "plugin.yaml", func(files map[string][]byte) { files["main.go"] = []byte("package main") })
	checkFiles(t, "bad_bundle", "plugin.yaml", func(files map[string][]byte) { delete(files, "plugin.yaml") })
	checkFiles(t, "unknown_shared", "schemas/sample/appeal.v1.schema.json", func(files map[string][]byte) { delete(files, "schemas/shared/email.schema.json") })
}

func TestCheckFindsBrokenLetters(t *testing.T) {
	t.Parallel()
	checkMutations(t, []mutation{
		{code: "no_letter", old: "    incomplete:\n      subject", changed: "    closed:\n      subject", at: "    received:", says: `"incomplete"`},
		{code: "no_letter", old: "    refused:\n      subject", changed: "    closed:\n      subject", at: "    received:", says: `"refused"`},
		{code: "bad_template", old: `body: {ru: "Номер {{.Number}}."`, changed: `body: {ru: "Номер {{.Number}."`, says: "body:1"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{if .Text}}Ответ"`, says: "EOF"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{printf \"%99999999d\" 1}}"`, says: "printf"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{call .Text}}"`, says: "call"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{define \"x\"}}x{{end}}"`, says: "templates"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{template \"letter\"}}"`, says: "template"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{range .Missing}}{{range $.Missing}}{{with $.Text}}{{range $.Missing}}x{{end}}{{end}}{{end}}{{end}}"`, says: "loops"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{range 1000000000}}{{end}}"`, says: "no list"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{.Foo}}"`, says: ".Foo"},
		{code: "bad_template", old: `subject: {ru: "Ответ"`, changed: `subject: {ru: "{{if .Text}}{{.Missing.Label}}{{end}}"`, says: ".Label"},
	})
}
