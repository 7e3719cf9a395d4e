// Package core is the map of the core; it has no code. Imports go one way, from the bottom of this
// list to its top, and a test of the tree (archtest) refuses any other:
//
//	cmd/opora                     one program with its subcommands
//	httpapi  job  plugin/host     adapters: they translate, schedule, run processes
//	desk                          use cases: authorize, load and lock, decide, append events, update the row
//	release                       a system's files, checked and compiled to what the core executes
//	the domains                   pure decisions, each with its own store.go; they never import each other
//	config telemetry db pgembed   ground
//	errs ident clock i18n         kernel, with plugin/api (the words of a declaration) and strict
//
// The kernel:
//
//	errs         the one error type: a kind that doors answer by, a stable code, problems of fields
//	ident        UUIDv7, tokens of which only the digest is kept, ticket numbers with a check digit
//	clock        where the time comes from
//	i18n         the two languages and the catalogue of messages
//	plugin/api   what a system is, in plain Go: its declaration and its hooks
//	strict       bounded reading of files that strangers wrote, with the place of every finding
//
// The ground:
//
//	config       what the program finds out about its surroundings
//	telemetry    logger and measurements
//	db           the pool, the two doors that demand a tenant, migrations, the check of roles
//	pgembed      a private PostgreSQL for `opora up` and for tests
//
// The domains:
//
//	tenant       tenants, desks, reference lists, operators
//	person       people, organisations, memberships, passwords, sessions
//	access       the one table of who may do what with a ticket
//	catalog      releases of systems, their builds, the epoch of the configuration
//	form         what a form is: bounds, decodes, checks
//	rule         the rules' language: compiles, decides in one pass, explains
//	ticket       events, the state that they fold to, lists, search
//	calendar     working time
//	attachment   files, their names, types and quota
//	letter       letters from templates, kept as they were rendered
//	workspace    what agents keep at hand: saved views, answer templates, who has a ticket open
//	audit        who changed what in a tenant's configuration
//
// The adapters and what authors use:
//
//	httpapi          the API and its OpenAPI document
//	job              what follows from events: letters, hooks, live screens, sweeps
//	plugin/host      starts, watches, restarts and swaps the processes of systems
//	plugin/wire      gRPC between a process and its host
//	plugin/sdk       all that a plugin's main calls; links neither database nor jobs
//	plugin/plugintest   the conformance suite of a plugin
//
// For tests alone: archtest (this tree), coretest (an installation to test against), db/dbtest (a
// database for each test).
//
// Two sentences say how the parts go together. A plugin declares, the core executes: a declaration is
// read once, checked, compiled and kept in memory; filing, routing and changing a ticket never wait for
// a plugin's process. A use case writes events, everything else follows from them: history, the
// ticket's row, live screens, letters, clocks and hooks come from the one append-only log.
//
// Decisions with a lasting price stand in adr/, one page each.
//
// Invariants:
//  1. Nothing crosses between tenants: row level security holds for whatever the code forgets.
//  2. A ticket's row equals the fold of its events.
//  3. What is particular to a system stands in its plugin, its schemas and its rules, never here.
package core
