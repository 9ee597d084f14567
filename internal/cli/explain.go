package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/explain"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/query"
)

// errSlow ends an explain that reports something.
var errSlow = errors.New("an index would help")

// explainOptions are the flags of drey explain.
type explainOptions struct {
	dir, stats, format string
	sources            bool
}

func explainCommand() *cobra.Command {
	var o explainOptions
	c := &cobra.Command{
		Use:   "explain [QUERY]... [--stats FILE] [--dir DIR]",
		Short: "Show the plans of the queries, and the indexes that would help",
		Long: `Explain shows how SQLite runs each named query on the migrated schema, and reports

  - scans: every row of a table is read
  - automatic indexes, which SQLite builds for one run
  - temporary B-trees, for ORDER BY, GROUP BY, DISTINCT and UNION

where an index helps. That index has been created on a copy of the schema, and is
named because the plan then uses it and is without the step. What no index helps,
as the scan of SELECT * FROM t, is listed apart. So are the generated queries.

With --stats the plans are those of a database that is in use, which is only read:
what its ANALYZE has counted, or else the numbers of its rows. Tables of fewer than
` + fmt.Sprint(explain.SmallRows) + ` rows are not reported then.

A comment above a query allows it to do what would be reported:

  -- drey:allow scan: once a night, and the index would cost every write

With explain: true under options.drey of sqlc.yaml drey generate --check reports
the same, without statistics. The exit code is 1 if anything is reported.`,
		Example: `  drey explain                        every query, and what to do
  drey explain TaggedLinks            one query
  drey explain --stats links.db       with the statistics of a database
  drey explain --sources              the columns that predicates can reach an index by
  drey explain --format json          for programs`,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, names []string) error {
			if o.format != "text" && o.format != "json" {
				return usageError{fmt.Errorf("there is no format %q: use text or json", o.format)}
			}
			return o.run(c.Context(), names, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.dir, "dir", ".", "the folder with sqlc.yaml")
	c.Flags().StringVar(&o.stats, "stats", "", "a database with statistics, which is only read")
	c.Flags().BoolVar(&o.sources, "sources", false, "show by which columns a predicate on a table, view or query reaches an index")
	c.Flags().StringVar(&o.format, "format", "text", "text or json")
	return c
}

// explained is what explain says of a project.
type explained struct {
	Stats   string           `json:"stats,omitempty"`
	Queries []*explain.Query `json:"queries"`
	Sources []explain.Source `json:"sources,omitempty"`

	problems diag.Problems // queries that SQLite refuses
}

func (o *explainOptions) run(ctx context.Context, names []string, stdout, stderr io.Writer) error {
	bar := newProgress(stderr)
	defer bar.clear()
	found, err := o.explain(ctx, names, bar)
	if err != nil {
		return err
	}
	bar.clear()
	if o.format == "json" {
		e := json.NewEncoder(stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		err = e.Encode(found)
	} else {
		found.write(stdout, len(names) > 0)
	}
	if err != nil {
		return err
	}
	reports := found.problems
	for _, q := range found.Queries {
		reports = append(reports, q.Reports...)
		if q.Idle != nil {
			fmt.Fprintf(stderr, "warning: %v\n", q.Idle)
		}
	}
	if len(reports) == 0 {
		return nil
	}
	reports.Sort()
	switch {
	case o.format == "text":
		fmt.Fprintln(stdout, reports.Error())
	case len(found.problems) > 0: // the others are in the JSON
		fmt.Fprintln(stderr, found.problems.Error())
	}
	fmt.Fprintf(stderr, "drey: %s\n", count(len(reports), "report"))
	return errSlow
}

func (o *explainOptions) explain(ctx context.Context, names []string, bar *progress) (*explained, error) {
	p, err := project.Open(o.dir)
	if err != nil {
		return nil, err
	}
	defer p.Close()
	found := &explained{Stats: o.stats, Queries: []*explain.Query{}}
	var stats *explain.Stats
	if o.stats != "" {
		if stats, err = explain.ReadStats(o.stats); err != nil {
			return nil, err
		}
		defer stats.Close()
	}
	missing := slices.Clone(names)
	for _, b := range p.Config.Blocks {
		d, err := p.Schema(b).Applied(ctx)
		if err != nil {
			return nil, err
		}
		queries, err := p.AllQueries(b)
		if err != nil {
			return nil, err
		}
		if stats != nil {
			bar.show("statistics", 0, 1)
		}
		e, err := explain.New(d.Memory, d.Schema, stats)
		if err != nil {
			return nil, err
		}
		defer e.Close()
		for i, q := range queries {
			bar.show("explain", i, len(queries))
			if err := ctx.Err(); err != nil {
				return nil, err
			}
			if len(names) > 0 && !slices.Contains(names, q.Name) {
				continue
			}
			missing = slices.DeleteFunc(missing, func(name string) bool { return name == q.Name })
			one, err := e.Query(q)
			var refused *diag.Problem
			if errors.As(err, &refused) {
				found.problems = append(found.problems, refused)
				continue
			}
			if err != nil {
				return nil, err
			}
			found.Queries = append(found.Queries, one)
		}
		if !o.sources {
			continue
		}
		queries = slices.DeleteFunc(queries, func(q *query.Query) bool {
			return slices.ContainsFunc(found.problems, func(p *diag.Problem) bool { return p.Query == q.Name && p.File == q.File })
		})
		sources, err := e.Sources(queries)
		if err != nil {
			return nil, err
		}
		found.Sources = append(found.Sources, sources...)
	}
	if len(missing) > 0 {
		return nil, usageError{fmt.Errorf("there is no query %s", strings.Join(missing, ", "))}
	}
	return found, nil
}

// write writes plans, sources, and what is not reported. The plans of generated queries
// are many, so they are left out unless they are named.
func (f *explained) write(w io.Writer, named bool) {
	for _, q := range f.Queries {
		if q.Generated && !named {
			continue
		}
		fmt.Fprintf(w, "%s:%d %s\n", q.File, q.Line, q.Name)
		writeSteps(w, q.Plan, "  ")
		fmt.Fprintln(w)
	}
	for _, s := range f.Sources {
		by := map[bool][]string{}
		for _, c := range s.Columns {
			name := c.Name
			if len(c.Scanned) > 0 {
				name += " (" + strings.Join(c.Scanned, " and ") + " is scanned nonetheless)"
			}
			by[c.Search != ""] = append(by[c.Search != ""], name)
		}
		fmt.Fprintf(w, "%s %s\n", s.Kind, s.Name)
		for _, found := range []bool{true, false} {
			how := map[bool]string{true: "by an index: ", false: "row by row: "}[found]
			if len(by[found]) > 0 {
				fmt.Fprintf(w, "  %s%s\n", how, strings.Join(by[found], ", "))
			}
		}
	}
	if len(f.Sources) > 0 {
		fmt.Fprintln(w)
	}
	for _, group := range []struct {
		state explain.State
		title string
	}{
		{explain.Unavoidable, "No index helps:"},
		{explain.Sorted, "An index would save the sort, and read the same rows:"},
		{explain.Small, fmt.Sprintf("Fewer than %d rows:", explain.SmallRows)},
		{explain.Allowed, "Allowed by a comment:"},
		{explain.Generated, "Generated queries, which an index would help:"},
	} {
		f.writeState(w, group.state, group.title)
	}
}

func writeSteps(w io.Writer, steps []*explain.Step, indent string) {
	for _, s := range steps {
		fmt.Fprintf(w, "%s%s\n", indent, s.Detail)
		writeSteps(w, s.Below, indent+"  ")
	}
}

// writeState lists the findings in a state, each with the queries that it is of.
func (f *explained) writeState(w io.Writer, state explain.State, title string) {
	var lines []string
	queries := map[string][]string{}
	for _, q := range f.Queries {
		for _, finding := range q.Findings {
			if finding.State != state {
				continue
			}
			if q.Generated && (state == explain.Unavoidable || state == explain.Small) {
				continue // what they do is known
			}
			line := finding.Msg
			if finding.Index != nil {
				line = finding.Index.SQL + ": " + line
			}
			if queries[line] == nil {
				lines = append(lines, line)
			}
			queries[line] = append(queries[line], q.Name)
		}
	}
	if len(lines) == 0 {
		return
	}
	fmt.Fprintln(w, title)
	for _, line := range lines {
		fmt.Fprintf(w, "  %s (%s)\n", line, strings.Join(slices.Compact(queries[line]), ", "))
	}
	fmt.Fprintln(w)
}
