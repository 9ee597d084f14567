package check

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/project/migration"
)

// Rule is one kind of fault.
type Rule struct {
	Name  string
	Level Level
	Doc   string
}

// Level says what a finding means for the outcome of a check.
type Level string

// The levels.
const (
	Error   Level = "error"
	Warning Level = "warning" // it need not be a fault
	OptIn   Level = "opt-in"  // an error for those who ask for the rule
)

// RqliteRule is the opt-in rule of those who say options.drey.rqlite in sqlc.yaml.
const RqliteRule = "rqlite"

// Rules are all of them, in the order of the manual.
var Rules = []Rule{
	{"fails-with-rows", Error, "works on empty tables only"},
	{"loses-rows", Error, "a table has fewer rows than before, and nothing says DELETE"},
	{"loses-values", Error, "a column has other values than before, and nothing says UPDATE"},
	{"cascade", Error, "dropping a table deletes the rows that refer to it, where foreign keys are enforced"},
	{"orphans", Error, "rows refer to rows that are gone"},
	{"broken-view", Error, "a view or a trigger has lost what it needs"},
	{"down-fails", Error, "the Down section fails"},
	{"down-differs", Error, "the Down section leaves another schema than there was before Up"},
	{"up-again", Error, "Up fails, or does something else, after its Down"},
	{"unreadable", Error, "a default, a trigger or a row holds what Go cannot read or does not find by ="},
	{"used", Error, "a query of the project, or of a released version, needs what is gone"},
	{"no-effect", Error, "a PRAGMA does nothing inside the migration's transaction"},
	{"wrong-version", Error, "it records another version than that of its name"},
	{"changed", Error, "it is not what drey.sum says"},
	{"transaction", Error, "a transaction of the migration's own is left open"},
	{"may-be-unreadable", Warning, "a generated column can be what Go cannot read, or a time is read as a string"},
	{"quoted-string", Warning, "a text in double quotes names no column, so that SQLite takes it for a string"},
	{"may-fail", Warning, "works or not, according to the rows that are there"},
	{"enforced", Warning, "fails where foreign keys are enforced"},
	{"narrows", Warning, "a column gets a type that its values need not have"},
	{"loses-index", Warning, "an index is gone with the table that was rebuilt"},
	{"loses-trigger", Warning, "a trigger is gone with the table that was rebuilt"},
	{"loses-constraint", Warning, "a constraint is gone with the table that was rebuilt by hand"},
	{"loses-counter", Warning, "an AUTOINCREMENT column would give out an old number again"},
	{"column-order", Warning, "Down leaves the columns in another order"},
	{"half-done", Warning, "without a transaction, a failure in the middle leaves one half"},
	{"no-down", Warning, "there is no Down, or nothing in it"},
	{"unrecorded", Warning, "it is not in drey.sum, which has others"},
	{"empty", Warning, "there is nothing in Up"},
	{"destructive", OptIn, "a table or a column is dropped"},
	{"renames", OptIn, "a table or a column is renamed: code that is running asks for the old name"},
	{RqliteRule, OptIn, "a cluster of rqlite does not take it, or its nodes come to differ (options.drey.rqlite)"},
	{"allow", Warning, "a comment allows what does not happen, or says not why"},
}

// Finding is a fault in a migration.
type Finding struct {
	Rule
	diag.Problem
}

// Error renders the finding with its rule, and whether it is a warning.
func (f *Finding) Error() string {
	p := f.Problem
	level := f.Level
	if level == OptIn {
		level = Error
	}
	p.Msg = fmt.Sprintf("%s: %s (%s)", level, p.Msg, f.Name)
	return p.Error()
}

func ruleOf(name string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}

// enabled reports whether a rule is looked for.
func (c *checker) enabled(r Rule) bool {
	return r.Level != OptIn || slices.Contains(c.opts.Enable, r.Name)
}

// clustered reports whether a cluster of rqlite runs a migration.
func (c *checker) clustered(f *migration.File) bool {
	return slices.Contains(c.opts.Enable, RqliteRule) && f.Version() > c.opts.RqliteFrom
}

// add files a finding, once, unless nobody asks for its rule.
func (c *checker) add(rule string, f *migration.File, line int, fix, format string, args ...any) {
	c.addAt(rule, f.Path, line, fix, format, args...)
}

// addDown is add for what is in Down.
func (c *checker) addDown(rule string, f *migration.File, line int, fix, format string, args ...any) {
	c.addAt(rule, f.Undoes(), line, fix, format, args...)
}

// add is that of checker, in the file of the step's direction.
func (s *step) add(rule string, f *migration.File, line int, fix, format string, args ...any) {
	if !s.up {
		s.addDown(rule, f, line, fix, format, args...)
		return
	}
	s.checker.add(rule, f, line, fix, format, args...)
}

func (c *checker) addAt(rule, file string, line int, fix, format string, args ...any) {
	r, _ := ruleOf(rule)
	if !c.enabled(r) {
		return
	}
	found := &Finding{r, diag.Problem{File: file, Line: line, Msg: fmt.Sprintf(format, args...), Fix: fix}}
	if !slices.ContainsFunc(c.findings, func(other *Finding) bool { return other.Error() == found.Error() }) {
		c.findings = append(c.findings, found)
	}
}

// allowed is a comment that silences a rule in its file.
type allowed struct {
	line         int
	rule, reason string
	used         bool
}

var allowComment = regexp.MustCompile(`(?m)^[ \t]*--[ \t]*drey:allow\b[ \t]*([^:\r\n]*):?[ \t]*(.*?)[ \t]*\r?$`)

func readAllowed(f *migration.File) []*allowed {
	var list []*allowed
	text := string(f.Content)
	for _, m := range allowComment.FindAllStringSubmatchIndex(text, -1) {
		list = append(list, &allowed{
			line:   1 + strings.Count(text[:m[0]], "\n"),
			rule:   strings.TrimSpace(text[m[2]:m[3]]),
			reason: text[m[4]:m[5]],
		})
	}
	return list
}

// silence takes out what comments allow, and finds comments that are of no use.
func (c *checker) silence(files []migration.File) {
	for i := range files {
		f := &files[i]
		comments := readAllowed(f)
		c.findings = slices.DeleteFunc(c.findings, func(found *Finding) bool {
			for _, a := range comments {
				if (found.File == f.Path || found.File == f.Undoes()) && a.rule == found.Name && a.reason != "" {
					a.used = true
					return true
				}
			}
			return false
		})
		for _, a := range comments {
			r, known := ruleOf(a.rule)
			switch {
			case !known:
				c.add("allow", f, a.line, "write -- drey:allow RULE: reason; drey migrate check --help lists the rules", "there is no rule %q", a.rule)
			case a.reason == "":
				c.add("allow", f, a.line, "write -- drey:allow "+a.rule+": and the reason", "the comment does not say why %s is allowed", a.rule)
			case !a.used && c.enabled(r):
				c.add("allow", f, a.line, "delete the comment", "there is no %s in this migration to allow", a.rule)
			}
		}
	}
}
