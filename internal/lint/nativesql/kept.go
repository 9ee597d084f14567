package nativesql

import (
	"go/ast"
	"strings"

	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/upkeep"
)

// doors are the directives above a statement that is meant to leave out what the data layer
// keeps up, by the rules of package upkeep.
var doors = map[string]string{upkeep.ReadsDeleted: policy.WithDeleted, upkeep.LeavesOld: policy.NotUpdated}

// kept reports a statement that has deleted rows among its rows without a look at the column
// that says so, or leaves what every change sets. drey generate does so of those in sql/.
func (c *checker) kept(query ast.Expr, text string) {
	found := c.project.Kept(strings.TrimRight(text, "; \t\r\n"))
	for _, rule := range upkeep.Rules {
		for _, p := range found[rule.Name] {
			if door := doors[rule.Name]; !c.under(door, query) {
				fix, _, _ := strings.Cut(p.Fix, "; or say")
				c.pass.ReportRangef(query, "%s; %s, or say why that is meant in // %s <why> on the line above", p.Msg, fix, door)
			}
		}
	}
}
