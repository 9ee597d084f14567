package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/emit"
	"github.com/dreysql/drey/internal/lint"
	"github.com/dreysql/drey/internal/lint/cache"
	"github.com/dreysql/drey/internal/lint/oldnames"
	"github.com/dreysql/drey/internal/lint/policy"
	"github.com/dreysql/drey/internal/lint/projectcheck"
	"github.com/dreysql/drey/internal/lint/report"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/config"
)

// lintOptions are the flags of drey lint.
type lintOptions struct {
	dir, format                string
	fix, writeBaseline, policy bool
}

func lintCommand() *cobra.Command {
	var o lintOptions
	var analyzers strings.Builder
	for _, r := range lint.Rules() {
		fmt.Fprintf(&analyzers, "  %-15s %s\n", r.Name, r.Doc)
	}
	c := &cobra.Command{
		Use:   "lint [--dir DIR] PACKAGE...",
		Short: "Report what goes around the data layer",
		Long: `Lint holds Go packages, the generated files and the migrations to the policy, and
exits with 1 if it reports anything. Its analyzers:

` + analyzers.String() + `
The last three are about the project around the folder. The others run in

  go vet -vettool=$(which drey) ./...

as well. Lint keeps what it finds in a package in the folder drey of the user's
cache, until that package, what it sees of its imports, the configuration or, where
it matters, the schema is another.

sqlc.yaml has the options:

  options:
    drey:
      lint:
        off: [handedit]           # analyzers that do not run
        on: [typedcolumns]        # one that runs only if it is named
        tests: true               # test files as well
        orms: [example.com/orm]   # more ORMs
        baseline: drey.baseline   # what --write-baseline writes

What is in the baseline is not reported; what the baseline has too much is.`,
		Example: `  drey lint ./...                  every package of the module
  drey lint --format github ./...  annotations in GitHub Actions; also sarif and json
  drey lint --fix ./...            apply the fixes that are certain, report the rest
  drey lint --write-baseline ./... accept what there is, and hold new code to the policy
  drey lint --policy               print the policy`,
		Args: func(_ *cobra.Command, args []string) error {
			switch {
			case o.policy && len(args) > 0:
				return errors.New("--policy takes no packages")
			case !o.policy && len(args) == 0:
				return errors.New("give the packages: ./... is all of them, here and below")
			case !slices.Contains(report.Formats, o.format):
				return fmt.Errorf("there is no format %q: use one of %s", o.format, strings.Join(report.Formats, ", "))
			}
			return nil
		},
		RunE: func(c *cobra.Command, patterns []string) error {
			if o.policy {
				_, err := io.WriteString(c.OutOrStdout(), policy.Text)
				return err
			}
			return o.run(c.Context(), patterns, c.OutOrStdout(), c.ErrOrStderr())
		},
	}
	c.Flags().StringVar(&o.dir, "dir", ".", "the folder that the packages are named from")
	c.Flags().StringVar(&o.format, "format", report.Formats[0], "one of "+strings.Join(report.Formats, ", "))
	c.Flags().BoolVar(&o.fix, "fix", false, "apply the fixes that are certain, and report the rest")
	c.Flags().BoolVar(&o.writeBaseline, "write-baseline", false, "write the baseline instead of reporting")
	c.Flags().BoolVar(&o.policy, "policy", false, "print the policy, for people and for coding assistants")
	return c
}

// errReported ends a lint that found something.
var errReported = errors.New("lint has reported something")

func (o *lintOptions) run(ctx context.Context, patterns []string, stdout, stderr io.Writer) error {
	dir, err := filepath.Abs(o.dir)
	if err != nil {
		return err
	}
	projects := &project.Projects{}
	defer projects.Close()
	p, err := projects.Open(dir)
	if err == nil && p != nil {
		err = lint.CheckOptions(p.Config)
	}
	if err != nil {
		return err
	}
	root, file := dir, config.BaselineFile // without a project, paths are relative to dir
	if p != nil {
		root, file = p.Dir, p.Config.Lint.Baseline
	}
	baseline, err := report.ReadBaseline(root, file)
	if err != nil {
		return err
	}
	keep := ""
	if dir := project.CacheDir(); dir != "" {
		keep = filepath.Join(dir, "lint")
		defer cache.Trim(dir)
	}
	bar := newProgress(stderr)
	defer bar.clear()
	renamed := 0
	if o.fix && p != nil {
		if renamed, err = fixNames(ctx, p); err != nil {
			return err
		}
	}
	bar.show("project", 0, 3)
	own, err := projectReports(ctx, p)
	if err != nil {
		return err
	}
	bar.show("packages", 1, 3)
	reports, looked, err := lint.Packages(ctx, projects, dir, patterns, keep)
	if err != nil {
		bar.clear()
		// Generated code may not compile because it is not as it should be.
		own = report.Sort(relative(own, o.base(dir)))
		return errors.Join(report.Write(stdout, o.format, own, lint.Rules(), version()), err)
	}
	if o.fix {
		fixed, err := report.Apply(ctx, reports)
		if err != nil {
			return err
		}
		bar.show("packages again", 2, 3)
		if reports, looked, err = lint.Packages(ctx, projects, dir, patterns, keep); err != nil {
			return err
		}
		bar.clear()
		fmt.Fprintf(stderr, "drey: fixes applied: %d\n", fixed+renamed)
	}
	reports = relative(append(reports, own...), root)
	linted := func(file string) bool { return looked(filepath.Join(root, filepath.FromSlash(file))) }
	bar.clear()
	if o.writeBaseline {
		if err := baseline.Write(reports, linted); err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s in %s\n", count(len(report.Single(reports)), "report"), file)
		return nil
	}
	reports, known := baseline.Filter(reports, linted)
	for i := range reports {
		reports[i].File = filepath.Join(root, filepath.FromSlash(reports[i].File))
	}
	reports = report.Sort(relative(reports, o.base(dir)))
	if err := report.Write(stdout, o.format, reports, lint.Rules(), version()); err != nil {
		return err
	}
	also := ""
	if known > 0 {
		also = fmt.Sprintf("; %d more in %s", known, file)
	}
	if len(reports) > 0 {
		fmt.Fprintf(stderr, "drey: %s%s\n", report.Summary(reports), also)
		return errReported
	}
	return nil
}

// fixNames renames what generated packages have called by another name, without which
// the code does not compile.
func fixNames(ctx context.Context, p *project.Project) (fixed int, err error) {
	var packages []oldnames.Package
	for _, b := range p.Config.Blocks {
		m, err := p.Module(b)
		if err != nil {
			return 0, err
		}
		runtime, _, err := p.Runtime(b)
		if err != nil {
			return 0, err
		}
		packages = append(packages, oldnames.Package{Path: m.Own, Dir: m.Out, Runtime: runtime})
	}
	moved, err := emit.Moved()
	if err != nil {
		return 0, err
	}
	root, err := filepath.Abs(p.Dir)
	if err != nil {
		return 0, err
	}
	reports, err := oldnames.Find(root, packages, moved)
	if err != nil {
		return 0, err
	}
	return report.Apply(ctx, reports)
}

// projectReports are those of the checks of a project, nil for none.
func projectReports(ctx context.Context, p *project.Project) ([]report.Report, error) {
	if p == nil {
		return nil, nil
	}
	var reports []report.Report
	for _, check := range projectcheck.Checks {
		if _, off := p.Config.Lint.Off[check.Name]; off {
			continue
		}
		found, err := check.Run(ctx, p)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", check.Name, err)
		}
		for i := range found {
			found[i].File = filepath.Join(p.Dir, filepath.FromSlash(found[i].File))
		}
		reports = append(reports, found...)
		if check.First && len(found) > 0 {
			break
		}
	}
	return reports, nil
}

// base is the folder that the paths of the output are relative to: for GitHub,
// which reads annotations and SARIF, that of the checkout.
func (o *lintOptions) base(dir string) string {
	if workspace := os.Getenv("GITHUB_WORKSPACE"); workspace != "" && (o.format == "github" || o.format == "sarif") {
		return workspace
	}
	return dir
}

// relative makes the absolute paths of reports relative to a folder, if they are
// below it, or can be reached from it.
func relative(reports []report.Report, dir string) []report.Report {
	for i := range reports {
		if rel, err := filepath.Rel(dir, reports[i].File); err == nil {
			reports[i].File = filepath.ToSlash(rel)
		}
		relative(reports[i].Parts, dir)
	}
	return reports
}
