package cli

import (
	"fmt"
	"path"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migrate/check"
)

func migrateFixCommand(p *migrateProject) *cobra.Command {
	return &cobra.Command{
		Use:   "fix",
		Short: "Number the migrations whose version is a time",
		Long: `Fix gives the migrations whose version is a time the numbers after the last one
that is a number, in their order: before they are merged or released. A migration
that a database has keeps its version, so fix refuses those that drey.sum records.
It knows no database.`,
		Example: "  drey migrate fix",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			if err := p.own(c.Name()); err != nil {
				return err
			}
			s, err := p.find()
			if err != nil {
				return err
			}
			files, err := s.Files()
			if err != nil {
				return err
			}
			list := migrate.Renumber(files)
			var recorded []string
			for _, r := range list {
				sums, err := check.ReadSums(s.Root, path.Dir(r.File.Path))
				if err != nil {
					return err
				}
				if sums.Has(r.File) {
					recorded = append(recorded, r.File.Path)
				}
			}
			if len(recorded) > 0 {
				return fmt.Errorf("these migrations are recorded in %s, so a database may have them: %s\n\tfix: leave them as they are; if no database has them, delete their lines",
					check.SumsFile, strings.Join(recorded, ", "))
			}
			for _, r := range list {
				if err := r.Rename(s.Root); err != nil {
					return err
				}
				fmt.Fprintf(c.OutOrStdout(), "%s -> %s\n", r.File.Path, r.Name)
			}
			if len(list) == 0 {
				fmt.Fprintln(c.OutOrStdout(), "nothing to do")
			}
			return nil
		},
	}
}

func migrateValidateCommand(p *migrateProject) *cobra.Command {
	return &cobra.Command{
		Use:   "validate",
		Short: "Read the migrations without running them",
		Long: `Validate reads the migrations and finds what the tool that runs them would skip or
misread. drey migrate check also runs them.`,
		Example: "  drey migrate validate",
		Args:    cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			files, err := p.files()
			if err == nil {
				fmt.Fprintf(c.OutOrStdout(), "%s read\n", count(len(files), "migration"))
			}
			return err
		},
	}
}
