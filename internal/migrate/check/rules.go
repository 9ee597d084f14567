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
	Name    string
	Warning bool // it need not be a fault
	Doc     string
}

// Rules are all of them, in the order of the manual.
var Rules = []Rule{
	{"fails-with-rows", false, "works on empty tables only"},
	{"loses-rows", false, "a table has fewer rows than before, and nothing says DELETE"},
	{"loses-values", false, "a column has other values than before, and nothing says UPDATE"},
	{"cascade", false, "dropping a table deletes the rows that refer to it, where foreign keys are enforced"},
	{"orphans", false, "rows refer to rows that are gone"},
	{"broken-view", false, "a view or a trigger has lost what it needs"},
	{"down-fails", false, "the Down section fails"},
	{"down-differs", false, "the Down section leaves another schema than there was before Up"},
	{"up-again", false, "Up fails, or does something else, behind its Down"},
	{"unreadable", false, "a default, a trigger or a row holds what Go cannot read or does not find by ="},
	{"no-effect", false, "a PRAGMA does nothing inside the migration's transaction"},
	{"wrong-version", false, "it records another version than that of its name"},
	{"changed", false, "it is not what drey.sum says"},
	{"transaction", false, "a transaction of the migration's own is left open"},
	{"may-be-unreadable", true, "a generated column can be what Go cannot read, or a time is read as a string"},
	{"may-fail", true, "works or not, according to the rows that are there"},
	{"enforced", true, "fails where foreign keys are enforced"},
	{"narrows", true, "a column gets a type that its values need not have"},
	{"loses-index", true, "an index is gone with the table that was rebuilt"},
	{"loses-trigger", true, "a trigger is gone with the table that was rebuilt"},
	{"loses-counter", true, "an AUTOINCREMENT column would give out an old number again"},
	{"column-order", true, "Down leaves the columns in another order"},
	{"half-done", true, "without a transaction, a failure in the middle leaves one half"},
	{"no-down", true, "there is no Down, or nothing in it"},
	{"unrecorded", true, "it is not in drey.sum, which has others"},
	{"empty", true, "there is nothing in Up"},
	{"allow", true, "a comment allows what does not happen, or says not why"},
}

// Finding is a fault in a migration.
type Finding struct {
	Rule
	diag.Problem
}

// Error renders the finding with its rule, and whether it is a warning.
func (f *Finding) Error() string {
	p := f.Problem
	kind := "error"
	if f.Warning {
		kind = "warning"
	}
	p.Msg = fmt.Sprintf("%s: %s (%s)", kind, p.Msg, f.Name)
	return p.Error()
}

func ruleOf(name string) (Rule, bool) {
	i := slices.IndexFunc(Rules, func(r Rule) bool { return r.Name == name })
	if i < 0 {
		return Rule{}, false
	}
	return Rules[i], true
}

// add files a finding, once.
func (c *checker) add(rule string, f *migration.File, line int, fix, format string, args ...any) {
	r, _ := ruleOf(rule)
	found := &Finding{r, diag.Problem{File: f.Path, Line: line, Msg: fmt.Sprintf(format, args...), Fix: fix}}
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
				if found.File == f.Path && a.rule == found.Name && a.reason != "" {
					a.used = true
					return true
				}
			}
			return false
		})
		for _, a := range comments {
			_, known := ruleOf(a.rule)
			switch {
			case !known:
				c.add("allow", f, a.line, "write -- drey:allow RULE: reason; drey migrate check --help lists the rules", "there is no rule %q", a.rule)
			case a.reason == "":
				c.add("allow", f, a.line, "write -- drey:allow "+a.rule+": and the reason", "the comment does not say why %s is allowed", a.rule)
			case !a.used:
				c.add("allow", f, a.line, "delete the comment", "there is no %s in this migration to allow", a.rule)
			}
		}
	}
}
