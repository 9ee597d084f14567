// Package report formats what drey lint reports, for people and for other programs,
// and has the baseline of reports that are left out.
package report

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
)

// Report is one thing that an analyzer says about a project.
type Report struct {
	Analyzer string `json:"analyzer"`
	File     string `json:"file"`   // slash-separated; absolute until it is made relative for a format
	Line     int    `json:"line"`   // from 1
	Column   int    `json:"column"` // from 1, in bytes
	Message  string `json:"message"`
	// The end of what the report is about; zero if that is not known.
	EndLine, EndColumn int `json:"-"`

	Fix []Edit `json:"-"` // nil if no fix is certain

	// Parts are the reports that this one stands for, itself among them; nil if it stands
	// for itself alone. A baseline has each of them.
	Parts []Report `json:"-"`
}

// Sort orders reports by place and removes duplicates.
func Sort(reports []Report) []Report {
	slices.SortStableFunc(reports, func(a, b Report) int {
		return cmp.Or(cmp.Compare(a.File, b.File), cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column),
			cmp.Compare(a.Analyzer, b.Analyzer), cmp.Compare(a.Message, b.Message))
	})
	return slices.CompactFunc(reports, func(a, b Report) bool {
		return a.File == b.File && a.Line == b.Line && a.Column == b.Column && a.Analyzer == b.Analyzer && a.Message == b.Message
	})
}

// Single replaces the reports that stand for several by those.
func Single(reports []Report) (list []Report) {
	for _, r := range reports {
		if r.Parts == nil {
			list = append(list, r)
		}
		list = append(list, r.Parts...)
	}
	return list
}

// Formats are the forms that Write knows, the default first.
var Formats = []string{"text", "github", "sarif", "json"}

// Write writes the reports in one of the Formats.
func Write(w io.Writer, format string, reports []Report, rules []Rule, version string) error {
	switch format {
	case "github":
		return writeGitHub(w, reports)
	case "sarif":
		return writeSARIF(w, reports, rules, version)
	case "json":
		if reports == nil {
			reports = []Report{} // an empty list, not null
		}
		return writeJSON(w, reports)
	}
	for _, r := range reports {
		if _, err := fmt.Fprintf(w, "%s:%d:%d: %s (%s)\n", r.File, r.Line, r.Column, r.Message, r.Analyzer); err != nil {
			return err
		}
	}
	return nil
}

// Rule is an analyzer as SARIF describes it.
type Rule struct{ Name, Doc string }

// Summary counts the reports of each analyzer: "3 reports (nativesql 2, otherorm 1)".
func Summary(reports []Report) string {
	counts := map[string]int{}
	for _, r := range reports {
		counts[r.Analyzer]++
	}
	var each []string
	for _, name := range slices.Sorted(maps.Keys(counts)) {
		each = append(each, fmt.Sprintf("%s %d", name, counts[name]))
	}
	noun := "reports"
	if len(reports) == 1 {
		noun = "report"
	}
	return fmt.Sprintf("%d %s (%s)", len(reports), noun, strings.Join(each, ", "))
}
