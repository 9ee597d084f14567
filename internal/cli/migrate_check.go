package cli

import (
	"context"
	"errors"
	"fmt"
	"path"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate/check"
	"github.com/dreysql/drey/internal/project"
	"github.com/dreysql/drey/internal/project/query"
)

// errFound ends a check that found something.
var errFound = errors.New("there is something wrong with the migrations")

func migrateCheckCommand(p *migrateProject) *cobra.Command {
	var strict, record bool
	var enable []string
	var released string
	var rules strings.Builder
	for _, r := range check.Rules {
		fmt.Fprintf(&rules, "  %-17s %-7s  %s\n", r.Name, r.Level, r.Doc)
	}
	c := &cobra.Command{
		Use:   "check",
		Short: "Find what is wrong with the migrations",
		Long: `Check runs the migrations in memory: up, down and up again from every version,
with the schemas compared; then with rows in every table, with what is stored
compared before and after each step. Each default is evaluated, and what triggers
assign, and has to be what Go reads as the column's type and finds by =. It touches
no database: drey migrate drift looks at the rows of one.

Each query of the blocks with these migrations is prepared on the last schema: one
that a migration breaks is shown there. --released v1.4 does the same with the queries
of that revision of git and the migrations that it does not have, for a release in
which old processes run on the new schema.

The rules, of which --enable adds those that are opt-in, and options.drey.rqlite of
sqlc.yaml the one that is named so:

` + rules.String() + `
A comment on a line of its own silences a rule in its file, with a reason:

  -- drey:allow no-down: the old values are nowhere

With --record and no errors the SHA-256 sums of new migrations go into drey.sum
beside them, in the format of sha256sum. From then on a migration that is edited
or gone is an error.

The exit code is 1 if there are errors.`,
		Example:    "  drey migrate check\n  drey migrate check --strict --enable destructive,renames --released v1.4\n  drey migrate check --record",
		SuggestFor: []string{"lint", "hash", "verify"},
		Args:       cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			for _, name := range enable {
				if !slices.ContainsFunc(check.Rules, func(r check.Rule) bool { return r.Name == name && r.Level == check.OptIn }) {
					return usageError{fmt.Errorf("there is no opt-in rule %q: drey migrate check --help lists them", name)}
				}
			}
			s, err := p.find()
			if err != nil {
				return err
			}
			if p.project != nil && p.project.Config.Rqlite {
				enable = append(enable, check.RqliteRule)
			}
			files, err := s.Files()
			if err != nil {
				return err
			}
			queries, err := p.queries(c.Context(), s, released)
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
				Enable:    enable,

				RqliteFrom: p.rqliteFrom(),
				Queries:    queries,
			})
			bar.clear()
			if err != nil {
				return err
			}
			wrong := 0
			for _, f := range findings {
				fmt.Fprintln(c.OutOrStdout(), f.Error())
				if f.Level != check.Warning || strict && !(record && f.Name == "unrecorded") {
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
	c.Flags().StringSliceVar(&enable, "enable", nil, "opt-in rules to look for as well")
	c.Flags().StringVar(&released, "released", "", "a revision of git whose queries have to work on the new schema")
	c.Flags().BoolVar(&strict, "strict", false, "exit with 1 for warnings as well")
	c.Flags().BoolVar(&record, "record", false, "write the checksums of new migrations into drey.sum")
	return c
}

// queries are those of the blocks with these migrations, without what is generated
// anew, and all of those of a revision, "" for none.
func (p *migrateProject) queries(ctx context.Context, s *project.Schema, revision string) ([]*check.Queries, error) {
	var list []*check.Queries
	if p.project != nil {
		own := &check.Queries{}
		for _, b := range p.project.Blocks(s) {
			_, found, err := p.project.Queries(b)
			if err != nil { // what is wrong with them is for generate to say
				continue
			}
			own.List = append(own.List, found...)
		}
		list = append(list, own)
	}
	if revision == "" {
		return list, nil
	}
	old, remove, err := project.At(ctx, p.dir, revision)
	if err != nil {
		return nil, err
	}
	defer remove()
	had := &check.Queries{Version: revision, Migrations: map[string]bool{}}
	for _, schema := range old.Schemas() {
		if len(old.Schemas()) > 1 && !slices.Equal(schema.Paths, s.Paths) {
			continue
		}
		files, err := schema.Files()
		if err != nil {
			return nil, fmt.Errorf("%s: %w", revision, err)
		}
		for i := range files {
			had.Migrations[files[i].Name()] = true
		}
		for _, b := range old.Blocks(schema) {
			files, _, _ := old.Queries(b) // with the generated ones, which the version runs as well
			for _, f := range files {
				found, _ := query.Parse(f.Path, f.Content)
				had.List = append(had.List, found...)
			}
		}
	}
	if len(had.List) == 0 {
		return nil, fmt.Errorf("%s has no queries of a block with these migrations", revision)
	}
	return append(list, had), nil
}
