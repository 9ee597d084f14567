package cli

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/spf13/cobra"
	"golang.org/x/tools/go/analysis"
	"golang.org/x/tools/go/analysis/checker"
	"golang.org/x/tools/go/packages"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/lint/nativesql"
	"github.com/dreysql/drey/internal/lint/squirrelcols"
	"github.com/dreysql/drey/internal/lint/squirreltraps"
)

// analyzers are the policy.
var analyzers = []*analysis.Analyzer{nativesql.Analyzer, squirrelcols.Analyzer, squirreltraps.Analyzer}

func lintCommand() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "lint [--dir DIR] PACKAGE...",
		Short: "Report Go code that goes around the data layer",
		Long: `Lint reports raw SQL in Go code that does not say why it is there, SQL built
from strings, and SQL that SQLite refuses on the migrated schema. It exits with
1 if it reports anything.`,
		Example: `  drey lint ./...                every package of the module
  drey lint --dir ../shop ./...  of another module`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(c *cobra.Command, patterns []string) error {
			return lint(c, dir, patterns, c.OutOrStdout())
		},
	}
	c.Flags().StringVar(&dir, "dir", ".", "the folder that the packages are named from")
	return c
}

// errReported ends a lint that found something.
var errReported = errors.New("lint has reported something")

func lint(c *cobra.Command, dir string, patterns []string, stdout io.Writer) error {
	pkgs, err := packages.Load(&packages.Config{Context: c.Context(), Mode: packages.LoadAllSyntax, Dir: dir}, patterns...)
	if err != nil {
		return fmt.Errorf("load the packages: %w", err)
	}
	for _, p := range pkgs {
		for _, e := range p.Errors {
			return fmt.Errorf("package %s does not compile: %w", p.PkgPath, e)
		}
	}
	graph, err := checker.Analyze(analyzers, pkgs, nil)
	if err != nil {
		return fmt.Errorf("analyze the packages: %w", err)
	}
	root, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	var reports diag.Problems
	for _, action := range graph.Roots {
		if action.Err != nil {
			return fmt.Errorf("analyze %s: %w", action.Package.PkgPath, action.Err)
		}
		for _, d := range action.Diagnostics {
			at := action.Package.Fset.Position(d.Pos)
			if rel, err := filepath.Rel(root, at.Filename); err == nil {
				at.Filename = filepath.ToSlash(rel)
			}
			reports = append(reports, &diag.Problem{
				File: at.Filename, Line: at.Line, Col: at.Column,
				Msg: fmt.Sprintf("%s (%s)", d.Message, action.Analyzer.Name),
			})
		}
	}
	reports.Sort()
	for _, r := range reports {
		fmt.Fprintln(stdout, r)
	}
	if len(reports) > 0 {
		return errReported
	}
	return nil
}
