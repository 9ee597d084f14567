package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/generate"
)

// errStale ends a --check that found something.
var errStale = errors.New("the generated files are stale")

func generateCommand() *cobra.Command {
	var check, watch bool
	opts := generate.Options{}
	c := &cobra.Command{
		Use:   "generate [--check | --watch] [--dir DIR]",
		Short: "Generate the data layer from migrations and queries",
		Long: `Generate applies the migrations to a SQLite in memory, writes sql/crud/, runs
sqlc, checks every query against the migrated database and writes the data
layer: all of its files, or none if anything is wrong.

With explain: true under options.drey of sqlc.yaml, --check also reports the queries
that an index would help, as drey explain does.`,
		Example: `  drey generate                 generate what sqlc.yaml here describes
  drey generate --check         change nothing; fail with a diff if files are stale
  drey generate --watch         generate again whenever a source file changes
  drey generate --dir ../shop   for the project in another folder`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if check && watch {
				return usageError{errors.New("--check and --watch exclude each other")}
			}
			g := &generation{opts: opts, check: check, stdout: c.OutOrStdout(), stderr: c.ErrOrStderr()}
			if watch {
				return g.watch(c.Context())
			}
			return g.run(c.Context())
		},
	}
	c.Flags().BoolVar(&check, "check", false, "write nothing; exit with 1 and a diff if the files are stale")
	c.Flags().BoolVar(&watch, "watch", false, "stay, and generate whenever a source file changes")
	c.Flags().StringVar(&opts.Dir, "dir", ".", "the folder with sqlc.yaml")
	return c
}

// generation is what drey generate does, once or after each change of a source.
type generation struct {
	opts           generate.Options
	check          bool
	stdout, stderr io.Writer
	told           []string // the notes of the last run that had something to write
}

func (g *generation) run(ctx context.Context) error {
	start := time.Now()
	bar := newProgress(g.stderr)
	opts := g.opts
	opts.Progress, opts.Check = bar.show, g.check
	result, err := generate.Run(ctx, opts)
	if err != nil {
		bar.clear()
		return err
	}
	if !g.check {
		err = result.Write(ctx)
	}
	bar.clear()
	if len(result.Changes) > 0 { // otherwise they have been read before
		for _, n := range result.Notes {
			if !slices.Contains(g.told, n) {
				fmt.Fprintf(g.stderr, "note: %s\n", n)
			}
		}
		g.told = result.Notes
	}
	for _, w := range result.Warnings {
		fmt.Fprintf(g.stderr, "warning: %v\n", w)
	}
	if err != nil {
		return err
	}
	if !g.check {
		fmt.Fprintf(g.stdout, "%s in %s\n", result.Summary(), time.Since(start).Round(10*time.Millisecond))
		return nil
	}
	if len(result.Changes) == 0 {
		return nil
	}
	for i := range result.Changes {
		fmt.Fprint(g.stdout, result.Changes[i].Diff())
	}
	fmt.Fprintf(g.stderr, "drey: %d of the generated files are stale: run drey generate\n", len(result.Changes))
	return errStale
}
