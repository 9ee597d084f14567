package cli

import (
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate/check"
)

// errFound ends a check that found something.
var errFound = errors.New("there is something wrong with the migrations")

func migrateCheckCommand(p *migrateProject) *cobra.Command {
	var strict, record bool
	var rules strings.Builder
	for _, r := range check.Rules {
		kind := "error  "
		if r.Warning {
			kind = "warning"
		}
		fmt.Fprintf(&rules, "  %-16s %s  %s\n", r.Name, kind, r.Doc)
	}
	c := &cobra.Command{
		Use:   "check",
		Short: "Find what is wrong with the migrations",
		Long: `Check runs the migrations in memory: up, down and up again from every version,
with the schemas compared; then with rows in every table, with what is stored
compared before and after each step. Each default is evaluated, and what triggers
assign, and has to be what Go reads as the column's type and finds by =. It touches
no database: drey migrate drift looks at the rows of one.

The rules:

` + rules.String() + `
A comment on a line of its own silences a rule in its file, with a reason:

  -- drey:allow no-down: the old values are nowhere

With --record and no errors the SHA-256 sums of new migrations go into drey.sum
beside them, in the format of sha256sum. From then on a migration that is edited
or gone is an error.

The exit code is 1 if there are errors.`,
		Example: "  drey migrate check\n  drey migrate check --strict\n  drey migrate check --record",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			s, err := p.find()
			if err != nil {
				return err
			}
			files, err := s.Files()
			if err != nil {
				return err
			}
			sums, err := check.ReadSums(s.Root, path.Dir(files[0].Path))
			if err != nil {
				return err
			}
			bar := newProgress(c.ErrOrStderr())
			findings, notes, err := check.Run(c.Context(), files, check.Options{
				Progress:  func(done, total int) { bar.show("check", done, total) },
				Sums:      sums,
				Overrides: p.overrides(s),
			})
			bar.clear()
			if err != nil {
				return err
			}
			wrong := 0
			for _, f := range findings {
				fmt.Fprintln(c.OutOrStdout(), f.Error())
				if !f.Warning || strict && !(record && f.Name == "unrecorded") {
					wrong++
				}
			}
			for _, n := range notes {
				fmt.Fprintf(c.ErrOrStderr(), "note: %s\n", n)
			}
			if wrong > 0 {
				return errFound
			}
			fmt.Fprintf(c.OutOrStdout(), "%s checked\n", count(len(files), "migration"))
			if !record {
				return nil
			}
			added, err := sums.Record(files)
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "%s recorded in %s\n", count(added, "migration"), check.SumsFile)
			}
			return err
		},
	}
	c.Flags().BoolVar(&strict, "strict", false, "exit with 1 for warnings as well")
	c.Flags().BoolVar(&record, "record", false, "write the checksums of new migrations into drey.sum")
	return c
}
