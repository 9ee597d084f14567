// Package corpus holds Go code that the analyzers of the policy are judged by.
//
// testdata has a folder for each analyzer, with the packages that it is run over.
// A line that is to be reported ends in a comment of the form
//
//	// want `a regular expression of the message`
//
// A line that looks like one and must stay quiet ends in
//
//	// ok: what makes it right
//
// The test counts both, prints how many of the violations are found (recall) and
// how many of the reports are right (precision), and wants all. Each folder is a
// package of this module and is compiled with the real squirrel.
package corpus
