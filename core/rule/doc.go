// Package rule compiles the rules of a system and a desk's overlay to a [Set], and lets the set decide
// over one input in one pass: what is visible, what is mandatory, what is wrong, whether a transition
// is refused, the priority and the route. It explains a decision in words and runs the authors' tests.
//
// It reads no database, clock, file or network, knows no form schema (the caller gives the typed shape
// and a callback for the schema's own check), and stores nothing.
//
// Invariants:
//  1. A Set never changes after Build, so it is safe for concurrent use; its digest names what it does.
//  2. The same Set and the same Input give the same Decision: time, zone and lists come with the Input.
//  3. An expression is bounded before a library sees it (2 KiB, nesting 32), consists of an allow-list
//     of syntax, is typed without `any`, and is charged fuel in every loop body.
//  4. A rule that runs out of fuel or fails has no effect of its own, and the ticket goes on: a failed
//     visible rule hides nothing, a failed require demands nothing, a failed validate reports nothing,
//     a failed guard refuses nothing, a failed priority changes nothing, a failed route is passed over.
//     Its Outcome says so.
//  5. One immutable input: no rule sees another rule's effect, but for the values that visible rules
//     removed.
//
// # The language
//
// Literals (text, whole numbers, decimals, true, false, lists of literals after `in`), the names below
// with their members, == != < <= > >=, + - * / % on numbers (the divisor of / and % is a literal that is
// not 0), and or not (&& || !), in, matches with a literal pattern, contains, startsWith, endsWith,
// cond ? a : b, and all(list, …) any none one count with # for the element.
//
//	fields, has           the form: values, and for each leaf whether it is present
//	old, old_has          the form before the change; zero values on submit
//	ticket                status category priority queue line channel reopened age_hours has_assignee
//	actor                 kind role line email same_organisation
//	transition            key from to
//	resolution            the fields of the answer
//	attachments           count bytes images
//	params                the declared parameters with the desk's values
//	clock                 now today working_time
//
// A value that is missing, null or of another type than the schema's is the zero value of its type: "",
// 0, false, an empty list; ask has to tell them apart. Dates stay text (2025-01-31), which compares as
// dates do; a date-time is brought to UTC (2025-01-31T09:00:00Z) and compares with clock.now, a date
// with clock.today.
//
//	len(text or list) int             characters or elements
//	lower, upper, trim(text) text
//	digits(text) text                 the digits 0 to 9 alone
//	domain(text) text                 of an e-mail address, lower case; "" without one
//	in_list(text, "key") bool         whether the desk's reference list holds the value
//	days_between(date, date) int      whole days from the first to the second; 0 when one is no date
//	changed("/pointer") bool          whether the value differs from the old one
//	unique(list) bool                 whether no two elements are equal
package rule
