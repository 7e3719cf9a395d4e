// Package form knows what a form is: it bounds and decodes what people send, checks it against the
// form's JSON Schema and the desk's lists, and says what is wrong with each field. It is the only
// package that speaks to the JSON Schema library.
//
// It does not decide what is mandatory under which condition (core/rule does), stores nothing and
// serves nothing.
//
// Invariants:
//  1. Nothing a stranger sent reaches a library before [Bound] passed it.
//  2. A schema is self-contained: no file, no address is ever opened while it is compiled.
//  3. The same fields give the same problems in the same order, one for each field.
//  4. A Form and a UI never change after they were compiled; both are safe for concurrent use.
package form
