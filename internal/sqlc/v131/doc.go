// Package v131 is what is true of sqlc 1.31.1 alone, and dies with it. Its next
// release is a folder beside this one.
//
// What the rest of the project knows of a release is this:
//
//   - [Encode], [Decode] and [DecodeGo]: it counts characters where it means bytes,
//     so it is given ASCII alone. See ascii.go.
//   - [Messages], [SyntaxErrors], [Names] and [Brief]: the form of what it and its
//     ANTLR parser print; [Crash] and [OneAtATime] of what it prints when it panics;
//     [CutSource] and [ReplaceSourceError] of what it prints when it has written
//     something that is not Go.
//   - [Unseen]: the places in a query in which it looks for no parameters, and how
//     to have one there. See unseen.go.
//   - [Explain] and [TwoTypes]: what it does not know of SQLite, by what its parser
//     and its compiler say when they refuse a query that SQLite accepts, and the way
//     round. See refused.go for the list, cause.go and cause_text.go for what each is
//     found by in the query.
//
// Every fix that is given here has been tried with sqlc: testdata of package verify
// has, for each, a query that is refused or misread and its rewrite, which is not.
package v131
