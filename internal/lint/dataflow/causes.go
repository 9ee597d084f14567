package dataflow

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/token"
	"maps"
	"regexp"
	"slices"
	"strconv"

	"golang.org/x/tools/go/analysis"

	"github.com/dreysql/drey/internal/lint/policy"
)

// Causes gathers the statements that text from outside gets into. Where several stand
// on text that a function of the package gets from outside, or that is in a variable or
// a field, they have one cause, which is reported once. What callers hand in is
// reported where it is put into a statement.
type Causes struct {
	Pass    *analysis.Pass
	Flow    *Values
	Project policy.Project
	Reasons map[*ast.File]policy.Reasons

	reports map[cause][]dynamic
}

// cause is where text comes from: several fields of a parameter come from one place.
type cause struct {
	pos  token.Pos
	what string
}

// dynamic is a report of a statement that text from outside gets into.
type dynamic struct {
	analysis.Diagnostic
	asks      []ask // what it depends on in other packages
	otherwise []analysis.Diagnostic
}

// Add notes a statement in the declaration in, with its report if it is reported by
// itself, and with what is reported otherwise if nothing that other packages do is from
// outside.
func (c *Causes) Add(o *Origin, in *ast.FuncDecl, d analysis.Diagnostic, otherwise ...analysis.Diagnostic) {
	found := dynamic{d, o.asks, otherwise}
	switch o = o.in(in); {
	case in != nil && o.In == in:
		c.report(found)
		return
	case o.argument:
		found.Message += because(o.What)
		c.report(found)
		return
	}
	if c.reports == nil {
		c.reports = map[cause][]dynamic{}
	}
	k := cause{o.Pos, o.What}
	c.reports[k] = append(c.reports[k], found)
}

func (c *Causes) report(d dynamic) {
	c.Pass.Report(d.Diagnostic)
	c.Flow.depend(d.Diagnostic, (&Origin{asks: d.asks}).needs(), d.otherwise)
}

// Report reports what was noted. A directive above a cause holds for its statements.
func (c *Causes) Report() {
	for _, from := range slices.SortedFunc(maps.Keys(c.reports), func(a, b cause) int {
		return cmp.Or(cmp.Compare(a.pos, b.pos), cmp.Compare(a.what, b.what))
	}) {
		pos, reports := from.pos, c.reports[from]
		i := slices.IndexFunc(c.Pass.Files, func(f *ast.File) bool { return f.FileStart <= pos && pos <= f.FileEnd })
		if i >= 0 {
			at := c.Pass.Fset.Position(pos)
			if c.Reasons[c.Pass.Files[i]].Above(policy.Dynamic, at.Line) {
				continue
			}
			if len(reports) > 1 && !c.Project.Skips(c.Pass.Files[i], at.Filename) {
				all := dynamic{analysis.Diagnostic{Pos: pos}, reports[0].asks, nil}
				all.Message = causeOf(from.what, len(reports))
				for _, d := range reports {
					all.asks = both(all.asks, d.asks)
					all.otherwise = append(all.otherwise, d.otherwise...)
				}
				c.report(all)
				continue
			}
		}
		for _, d := range reports {
			d.Message += because(from.what)
			c.report(d)
		}
	}
}

func causeOf(what string, statements int) string {
	return fmt.Sprintf("%s is not constant, and %d statements that are built from it can be injected into; bind values as arguments, choose names by a switch or a map of constants, or say why it is safe in // %s <why> on the line above", what, statements, policy.Dynamic)
}

var causes = regexp.MustCompile(`^(.+) is not constant, and (\d+) statements that are built from it can be injected into;`)

// Merge makes one message of those of two analyzers that report the same place, if both
// are about one cause. It says how many statements there are in all.
func Merge(a, b string) (message string, ok bool) {
	x, y := causes.FindStringSubmatch(a), causes.FindStringSubmatch(b)
	if x == nil || y == nil || x[1] != y[1] {
		return "", false
	}
	n, _ := strconv.Atoi(x[2])
	m, _ := strconv.Atoi(y[2])
	return causeOf(x[1], n+m), true
}

// because is what to add to the message about a statement that text gets into from
// another function.
func because(what string) string { return "; it is " + what + " that is not constant" }
