// Package archtest holds the tests of the tree itself: which package imports which, how large files
// grow, what every SQL statement and the migrated schema look like, and that every code has its text.
//
// It has no code of its own and nothing imports it.
//
// Invariants:
//  1. A rule of the house that a program can check is checked here, with the reason in the failure.
//  2. An exception stands in a list beside its check, never in the checked file.
package archtest
