package rule_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/opora-desk/opora/core/coretest"
	"github.com/opora-desk/opora/core/plugin/api"
	"github.com/opora-desk/opora/core/rule"
)

// TestAttacks holds the language's boundary: what killed or froze a process with the bare library is
// refused while it is being written.
func TestAttacks(t *testing.T) {
	t.Parallel()
	attacks := map[string]string{
		"out of memory by repeat":      `len(repeat(repeat("x",999999),1000000)) > 0`,
		"cpu by let and range":         `let a=1..20000; all(a, let x=#; all(a, # + x > 0))`,
		"range":                        `5 in 1..10`,
		"a megabyte of brackets":       strings.Repeat("(", 1<<20),
		"brackets within 2 KiB":        strings.Repeat("(", 40) + "true" + strings.Repeat(")", 40),
		"brackets hidden by text":      `")))))))))" != "" and ` + strings.Repeat("(", 33) + "true" + strings.Repeat(")", 33),
		"too long":                     `true or "` + strings.Repeat("x", 2048) + `" == ""`,
		"too many nodes":               "true" + strings.Repeat(" or true", 150),
		"dynamic member":               `fields["no"+"pe"] == 1`,
		"dynamic member by a field":    `fields[fields.email] == "x"`,
		"element by number":            `fields.tags[0] == "x"`,
		"slice":                        `len(fields.tags[0:2]) > 1`,
		"get":                          `get(fields, "email") == "x"`,
		"environment":                  `$env["fields"].email == "x"`,
		"environment member":           `$env.fields.email == "x"`,
		"method":                       `fields.email.String() == ""`,
		"method of a literal":          `"abc".Len() > 1`,
		"replace":                      `replace(replace(fields.email, "a", "aa"), "a", "aa") == ""`,
		"toJSON":                       `toJSON(fields) == ""`,
		"split":                        `"a" in split(fields.email, "@")`,
		"string":                       `string(fields.count) == "1"`,
		"concat":                       `len(concat(fields.tags, fields.tags)) > 1`,
		"text plus text":               `fields.email + fields.email == "x"`,
		"text plus literal":            `fields.email + "x" == "x"`,
		"filter":                       `len(filter(fields.tags, # == "a")) > 0`,
		"map":                          `len(map(fields.tags, #)) > 0`,
		"reduce":                       `reduce(fields.tags, len(#), 0) > 1`,
		"sum":                          `sum(fields.rows, .sum) > 1.0`,
		"groupBy":                      `len(groupBy(fields.tags, #)) > 0`,
		"sortBy":                       `len(sortBy(fields.tags, #)) > 0`,
		"find":                         `find(fields.tags, # == "a") == "a"`,
		"flatten":                      `len(flatten(fields.tags)) > 1`,
		"built-in behind colons":       `::len(fields.email) > 1`,
		"now":                          `now().Year() > 2000`,
		"date":                         `date(fields.due) > date("2020-01-01")`,
		"pipe":                         `fields.email | len() > 1`,
		"sequence":                     `(true; false)`,
		"if":                           `if true { true } else { false }`,
		"map literal":                  `{"a": 1} == {"a": 1}`,
		"list literal":                 `[1] == [1]`,
		"mixed list":                   `fields.count in [1, "a"]`,
		"empty list":                   `fields.count in []`,
		"list of fields":               `fields.email in [fields.other]`,
		"nil":                          `fields.email == nil`,
		"coalesce":                     `(fields.count ?? 0) > 3`,
		"optional member":              `fields?.email == "x"`,
		"power":                        `2 ** 200 > 1`,
		"power by caret":               `2 ^ 200 > 1`,
		"division by a field":          `1 / fields.count > 2`,
		"division by zero":             `1 / 0 > 2`,
		"modulo by zero":               `fields.count % 0 == 1`,
		"dynamic pattern":              `fields.email matches fields.other`,
		"long pattern":                 `fields.email matches "` + strings.Repeat("a", 201) + `"`,
		"costly pattern":               `fields.email matches "(a{0,900})(b{0,900})(c{0,900})"`,
		"broken pattern":               `fields.email matches "("`,
		"index variable":               `any(fields.tags, #index > 1)`,
		"accumulator":                  `any(fields.tags, #acc > 1)`,
		"predicate of no list":         `any(fields.email, # == "a")`,
		"predicate of a literal":       `any([1, 2], # == 1)`,
		"count without a condition":    `count(fields.tags) > 1`,
		"inner function":               `__fuel(__meter, 1)`,
		"inner name":                   `__meter == __meter`,
		"function as a value":          `len == lower`,
		"unknown function":             `env("HOME") == ""`,
		"bytes":                        `b"abc" == b"abc"`,
		"not valid text":               "fields.email == \"\xff\"",
		"unfinished":                   `fields.email ==`,
		"trim with a set":              `trim(fields.email, "a") == "b"`,
		"a condition is wanted":        `fields.count`,
		"a condition is wanted of any": `fields.urgent ? fields.count : fields.email`,
	}
	for name, source := range attacks {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var findings []api.Finding
			spent := coretest.Spent(t, func() { _, findings = condition(t, source) })
			require.NotEmpty(t, findings, source)
			require.Less(t, spent, 2*time.Second)
			require.NotContains(t, codes(findings), "internal")
		})
	}
}

// TestTypes holds that what cannot be true is refused while it is being written, with its place.
func TestTypes(t *testing.T) {
	t.Parallel()
	wrong := map[string]struct{ source, code, says string }{
		"unknown field":                {`fields.nope == "x"`, "bad_type", "column 8"},
		"unknown field in a loop":      {`any(fields.rows, .nope == "x")`, "bad_type", "unknown field"},
		"unknown field as an argument": {`in_list(fields.nope, "free-mail")`, "bad_type", "unknown field"},
		"unknown name":                 {`field.email == "x"`, "bad_type", "unknown name"},
		"number and text":              {`fields.count == "3"`, "bad_type", "mismatched"},
		"text and number":              {`fields.email > 3`, "bad_type", "mismatched"},
		"number among texts":           {`fields.count in ["a", "b"]`, "bad_type", "cannot use"},
		"condition and text":           {`fields.urgent and fields.email`, "bad_type", "mismatched"},
		"not of text":                  {`not fields.email`, "bad_type", "mismatched"},
		"branches of two types":        {`(fields.urgent ? 1 : "a") == "b"`, "mixed_types", "one type"},
		"object":                       {`fields.org == old.org`, "not_comparable", "object"},
		"list":                         {`fields.tags == old.tags`, "not_comparable", "changed"},
		"whole form":                   {`fields == old`, "not_comparable", "object"},
		"row as a value":               {`any(fields.rows, # == #)`, "not_comparable", "row"},
		"in an object":                 {`"inn" in fields.org`, "not_comparable", "object"},
		"value of no list":             {`fields.section == "planing"`, "unknown_value", `did you mean "planning"`},
		"value among others":           {`fields.section in ["planning", "nope"]`, "unknown_value", "nope"},
		"value of an element":          {`"nope" in fields.sections`, "unknown_value", "nope"},
		"value of # in a loop":         {`any(fields.sections, # == "nope")`, "unknown_value", "nope"},
		"status":                       {`ticket.status == "opened"`, "unknown_value", "status"},
		"actor":                        {`actor.kind == "stuff"`, "unknown_value", `did you mean "staff"`},
		"queue":                        {`ticket.queue != "nope"`, "unknown_value", "queue"},
		"transition":                   {`transition.key == "open"`, "unknown_value", "transition"},
		"unknown list":                 {`in_list(fields.email, "free-mails")`, "unknown_list", "free-mails"},
		"own list":                     {`in_list(fields.email, ":queue")`, "unknown_list", ""},
		"list by a field":              {`in_list("a", fields.email)`, "not_in_language", "literal"},
		"date":                         {`fields.due < "31.01.2025"`, "bad_date", "2006-01-02"},
		"changed of nothing":           {`changed("/nope")`, "unknown_field", "/nope"},
		"changed of rows":              {`changed("/rows/*/number")`, "unknown_field", ""},
		"changed by a field":           {`changed(fields.email)`, "not_in_language", "literal"},
		"length of an object":          {`len(fields.org) > 0`, "bad_type", ""},
		"length of a number":           {`len(fields.count) > 0`, "bad_type", ""},
		"parameter":                    {`fields.count > params.nope`, "bad_type", "nope"},
		"too much outside loops":       {`unique(fields.rows)` + strings.Repeat(` and unique(fields.rows)`, 7), "too_costly", "longest"},
		"pattern over a long text":     {`fields.description matches "(a|b|c|d|e|f){1,20}x"`, "too_costly", "20000"},
		"resolution":                   {`resolution.nope == ""`, "bad_type", "nope"},
	}
	for name, c := range wrong {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, findings := condition(t, c.source)
			require.NotEmpty(t, findings)
			require.Equal(t, []string{c.code}, codes(findings), findings)
			require.Contains(t, findings[0].Msg, c.says)
		})
	}
}

// TestConditions is the table of what expressions mean.
func TestConditions(t *testing.T) {
	t.Parallel()
	const full = `{"email": "Anna@Mail.RU", "section": "planning", "sections": ["planning", "contracts"], "description": "Ёлка и №1", "due": "2025-02-01",
		"seen_at": "2025-02-01T01:30:00+03:00", "count": 3, "price": 2.5, "urgent": true, "first-name": "Анна", "org": {"inn": "7701"}, "tags": ["a", "b", "a"],
		"rows": [{"number": "123", "sum": 1}, {"number": "456", "sum": 2.5}]}`
	cases := []struct {
		source string
		full   bool
		// empty is the result over {}; every field is missing.
		empty bool
	}{
		{`fields.email == "Anna@Mail.RU"`, true, false},
		{`fields.email == ""`, false, true},
		{`has.email`, true, false},
		{`has.org.inn and not has.org.name`, true, false},
		{`has.tags`, true, false},
		{`has.count`, true, false},
		{`fields.count == 3`, true, false},
		{`fields.count == 3.0`, true, false},
		{`fields.count + 1 == 4 and fields.count * 2 - 1 == 5`, true, false},
		{`fields.count / 2 == 1.5`, true, false},
		{`fields.count % 2 == 1`, true, false},
		{`-fields.count == -3`, true, false},
		{`2 < fields.count < 4`, true, false},
		{`fields.count in [1, 2, 3]`, true, false},
		{`fields.count not in [1, -2]`, true, true},
		{`fields.price in [2.5, 1.0]`, true, false},
		{`fields.price > params.share`, true, false},
		{`fields.urgent`, true, false},
		{`not fields.urgent`, false, true},
		{`fields.urgent == false`, false, true},
		{`fields["first-name"] == "Анна"`, true, false},
		{`fields.section in ["planning", "contracts"]`, true, false},
		{`"planning" in fields.sections`, true, false},
		{`any(fields.sections, # == "contracts")`, true, false},
		{`fields.description contains "№"`, true, false},
		{`fields.description startsWith "Ёл" and fields.description endsWith "1"`, true, false},
		{`fields.description matches "^[А-ЯЁа-яё]+ и №[0-9]$"`, true, false},
		{`fields.other matches "[0-9]{11,25}"`, false, false},
		{`fields.description matches "\\b[0-9]{11}\\b"`, false, false},
		{`len(fields.description) == 9`, true, false},
		{`len(fields.tags) == 3`, true, false},
		{`lower(fields.description) == "ёлка и №1"`, true, false},
		{`upper(fields.email) == "ANNA@MAIL.RU"`, true, false},
		{`trim(" a \u00a0") == "a"`, true, true},
		{`digits("+7 (495) 1-2") == "749512"`, true, true},
		{`domain(fields.email) == "mail.ru"`, true, false},
		{`domain("no address") == "" and domain("@x") == ""`, true, true},
		{`in_list(domain(fields.email), "free-mail")`, true, false},
		{`lower(in_list("mail.ru", "free-mail") and "B" matches "b|B" ? "A" : "B") == "a"`, true, true},
		{`unique(fields.tags)`, false, true},
		{`unique(fields.rows)`, true, true},
		{`fields.due > clock.today`, false, false},
		{`fields.due == clock.today`, true, false},
		{`fields.due >= "2025-01-31"`, true, false},
		{`fields.seen_at == clock.now`, true, false},
		{`days_between(fields.due, "2025-03-01") == 28`, true, false},
		{`days_between("2025-03-01", "2025-02-27") == -2`, true, true},
		{`days_between("later", "2025-02-27") == 0`, true, true},
		{`clock.today == "2025-02-01" and clock.working_time`, true, true},
		{`all(fields.rows, len(.number) == 3)`, true, true},
		{`all(fields.rows, #.sum > 0.5)`, true, true},
		{`any(fields.rows, .sum > 2.0)`, true, false},
		{`none(fields.rows, .number == "")`, true, true},
		{`one(fields.rows, .number == "123")`, true, false},
		{`count(fields.tags, # == "a") == 2`, true, false},
		{`any(fields.rows, any(fields.tags, # == "b") and .sum == 1.0)`, true, false},
		{`(fields.urgent ? fields.count : 0) == 3`, true, false},
		{`params.min_digits == 11 and params.strict and params.zone == "gov.ru"`, true, true},
		{`actor.kind == "staff" and domain(actor.email) == params.zone`, true, true},
		{`ticket.status == "" and ticket.reopened == 0 and not ticket.has_assignee`, true, true},
		{`attachments.count == 0 and attachments.images < 1`, true, true},
		{`resolution.quality == 0 and resolution.text == ""`, true, true},
		{`old.count == 0 and not old_has.count`, true, true},
		{`changed("/count")`, true, false},
		{`changed("/rows") and changed("/org")`, true, false},
		{`"a" /* a remark */ == "a" // and another`, true, true},
		{"fields.count == 3 and\nhas.email", true, false},
	}
	for _, c := range cases {
		t.Run(c.source, func(t *testing.T) {
			t.Parallel()
			set, findings := condition(t, c.source)
			require.Empty(t, findings)
			for fields, want := range map[string]bool{full: c.full, `{}`: c.empty} {
				d := set.Eval(input(fields))
				require.Empty(t, d.Failed())
				require.Equal(t, want, outcome(t, d, "probe").Matched, fields)
			}
		})
	}
}

// TestTypedZeros holds what a rule sees of values that are missing, null or of another type (R: the
// schema reports them; a rule must neither fail nor guess).
func TestTypedZeros(t *testing.T) {
	t.Parallel()
	strange := []string{`{}`, `{"FIELD": null}`, `{"FIELD": "nine"}`, `{"FIELD": 9}`, `{"FIELD": 9.5}`, `{"FIELD": true}`, `{"FIELD": []}`, `{"FIELD": {}}`, `{"FIELD": [[1]]}`, `{"FIELD": 1e400}`, `{"FIELD": 99999999999999999999}`}
	zeros := map[string]string{"email": `""`, "count": `0`, "price": `0.0`, "urgent": `false`}
	for field, zero := range zeros {
		set, findings := condition(t, fmt.Sprintf(`fields.%s == %s`, field, zero))
		require.Empty(t, findings)
		for _, fields := range strange {
			d := set.Eval(input(strings.ReplaceAll(fields, "FIELD", field)))
			require.Empty(t, d.Failed(), fields)
			fits := map[string]bool{"email": strings.Contains(fields, "nine"), "urgent": strings.Contains(fields, "true")}[field] ||
				field == "count" && fields == `{"FIELD": 9}` || field == "price" && strings.Contains(fields, ": 9")
			require.Equal(t, !fits, outcome(t, d, "probe").Matched, "%s of %s", field, fields)
		}
	}
	whole, findings := condition(t, `fields.count == 100`)
	require.Empty(t, findings)
	for _, writing := range []string{`100`, `1e2`, `100.0`} {
		require.True(t, outcome(t, whole.Eval(input(`{"count": `+writing+`}`)), "probe").Matched, writing)
	}
	present, findings := condition(t, `has.count and has.urgent and not has.email and not has.tags and not has.org.inn`)
	require.Empty(t, findings)
	require.True(t, outcome(t, present.Eval(input(`{"count": 0, "urgent": false, "email": " \u00a0", "tags": [], "org": {"inn": ""}}`)), "probe").Matched)
}

// TestFuel holds that loops over loops end, by themselves, quickly, and leave the ticket alone.
func TestFuel(t *testing.T) {
	t.Parallel()
	var tags []string
	for range 1000 {
		tags = append(tags, `"`+strings.Repeat("a", 90)+`"`)
	}
	fields := `{"tags": [` + strings.Join(tags, ",") + `], "description": "` + strings.Repeat("a", 20000) + `"}`
	for name, source := range map[string]string{
		"nested":         `all(fields.tags, all(fields.tags, all(fields.tags, all(fields.tags, # != "b"))))`,
		"long text":      `all(fields.tags, lower(fields.description) != "b")`,
		"pattern":        `all(fields.tags, not (fields.description matches "a.{20}c$"))`,
		"list in a loop": `all(fields.tags, # in fields.tags)`,
		"lookups":        `all(fields.tags, all(fields.tags, not in_list(#, "free-mail")))`,
		"counting":       `count(fields.tags, count(fields.tags, count(fields.tags, # == "a") > 0) > 0) > 0`,
		"changes":        `all(fields.tags, all(fields.tags, not changed("/rows")))`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			set, findings := condition(t, source)
			require.Empty(t, findings)
			given := input(fields)
			var d rule.Decision
			require.Less(t, coretest.Spent(t, func() { d = set.Eval(given) }), time.Second)
			require.Equal(t, rule.CodeFuel, outcome(t, d, "probe").Code)
			require.Equal(t, []string{"probe"}, d.Failed())
			require.Empty(t, d.Required)
			require.Equal(t, "common", d.Queue, "the rules behind it still run")
		})
	}
	set, findings := condition(t, `all(fields.tags, all(fields.rows, .number != #.number))`)
	require.Empty(t, findings)
	require.Empty(t, set.Eval(input(fields)).Failed(), "one full list is within the fuel")
}

// TestPlaces holds that a finding leads to the place in the expression.
func TestPlaces(t *testing.T) {
	t.Parallel()
	rules := append(parse(t, ""), api.Rule{ID: "studio", Kind: api.Require, When: "has.email and\n  fields.nope", Require: []string{"/email"}})
	_, findings := rule.Build(rules, rule.Overlay{}, rule.Env{Forms: map[string]*api.Shape{"appeal": appeal()}, Queues: []string{"common"}})
	require.Len(t, findings, 1)
	require.Equal(t, api.Finding{File: "studio.when", Line: 2, Column: 10, Code: "bad_type", Msg: findings[0].Msg}, findings[0])
	rules[1].File, rules[1].Place = "rules.yaml", 7
	_, findings = rule.Build(rules, rule.Overlay{}, rule.Env{Forms: map[string]*api.Shape{"appeal": appeal()}, Queues: []string{"common"}})
	require.Equal(t, "rules.yaml", findings[0].File)
	require.Equal(t, 7, findings[0].Line)
	require.Contains(t, findings[0].Msg, `rule "studio": when, line 2, column 10: unknown field nope`)
}
