package cli

import (
	"context"
	"fmt"
	"io"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project/migration"
)

// migrateRun are the flags of the commands that change a database.
type migrateRun struct {
	project          *migrateProject
	dryRun, noBackup bool
}

func (r *migrateRun) flags(c *cobra.Command) {
	r.project.databaseFlag(c)
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "print the SQL and change nothing")
	c.Flags().BoolVar(&r.noBackup, "no-backup", false, "do not copy the database before a destructive step")
}

func migrateUpCommand(p *migrateProject) *cobra.Command {
	r := &migrateRun{project: p}
	var allowMissing bool
	c := &cobra.Command{
		Use:   "up",
		Short: "Apply the migrations that the database lacks",
		Long: `Up creates the database if there is none and applies the migrations that it
lacks, in the order of their versions. Of several processes that start at once
one does, and the others wait for it. The lock is that of an empty file beside
the database, links.db-migrate.

A migration that fails is rolled back and the earlier ones stay, unless it says
NO TRANSACTION.`,
		Example: "  drey migrate up --db links.db\n  drey migrate up --dry-run",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return r.run(c, migrate.Up(allowMissing)) },
	}
	r.flags(c)
	c.Flags().BoolVar(&allowMissing, "allow-missing", false, "apply migrations older than the database's version as well")
	return c
}

func migrateDownCommand(p *migrateProject) *cobra.Command {
	r := &migrateRun{project: p}
	c := &cobra.Command{
		Use:     "down",
		Short:   "Take back the migration that was applied last",
		Long:    "Down runs the Down section of the migration that was applied last. drey migrate\nto 0 takes back all of them.",
		Example: "  drey migrate down --db links.db",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return r.run(c, migrate.Down) },
	}
	r.flags(c)
	return c
}

func migrateToCommand(p *migrateProject) *cobra.Command {
	r := &migrateRun{project: p}
	c := &cobra.Command{
		Use:   "to VERSION",
		Short: "Go up or down to a version",
		Long: `To applies the migrations up to and including that version, or takes back those
above it, the one applied last first. Version 0 is the empty database.`,
		Example: "  drey migrate to 3 --db links.db\n  drey migrate to 0 --dry-run",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			version, err := strconv.ParseInt(args[0], 10, 64)
			if err != nil || version < 0 {
				return usageError{fmt.Errorf("%q is no version: write the number that a migration's name begins with, or 0", args[0])}
			}
			return r.run(c, migrate.To(version))
		},
	}
	r.flags(c)
	return c
}

func migrateRedoCommand(p *migrateProject) *cobra.Command {
	r := &migrateRun{project: p}
	c := &cobra.Command{
		Use:     "redo",
		Short:   "Take back the migration that was applied last, and apply it again",
		Long:    "Redo is down and then up for one migration: for the one that is being written.",
		Example: "  drey migrate redo --db links.db",
		Args:    cobra.NoArgs,
		RunE:    func(c *cobra.Command, _ []string) error { return r.run(c, migrate.Redo) },
	}
	r.flags(c)
	return c
}

func (r *migrateRun) run(c *cobra.Command, plan migrate.Plan) error {
	ctx, stdout, stderr := c.Context(), c.OutOrStdout(), c.ErrOrStderr()
	t, err := r.project.target()
	if err != nil {
		return err
	}
	files, err := r.project.files()
	if err != nil {
		return err
	}
	if r.dryRun {
		return dryRun(ctx, stdout, t, files, plan)
	}
	start, steps := time.Now(), 0
	bar := newProgress(stderr)
	err = t.Run(ctx, files, plan, migrate.Options{
		Backup: !r.noBackup,
		Waiting: func() {
			fmt.Fprintf(stderr, "%s is being migrated by another process; waiting\n", t.Path)
		},
		Starting: func(s migrate.Step, done, total int) { bar.show(s.File.Name(), done, total) },
		Ended: func(s migrate.Step) {
			bar.clear()
			fmt.Fprintf(stdout, "%-4s  %s\n", direction(s), s.File.Name())
			steps++
		},
		BackedUp: func(name string, because migrate.Destroys) {
			fmt.Fprintf(stdout, "copied to %s, because of %s:%d\n", name, because.Path, because.Line)
		},
	})
	bar.clear()
	if err != nil {
		if ctx.Err() != nil {
			return interruptedError{count(steps, "migration") + " ran to the end; drey migrate status tells where the database is"}
		}
		return err
	}
	if steps == 0 {
		fmt.Fprintln(stdout, "nothing to do")
		return nil
	}
	fmt.Fprintf(stdout, "%s in %s\n", count(steps, "migration"), time.Since(start).Round(time.Millisecond))
	return nil
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

func direction(s migrate.Step) string {
	if s.Up {
		return "up"
	}
	return "down"
}

// dryRun prints what a run would send to SQLite.
func dryRun(ctx context.Context, w io.Writer, t migrate.Target, files []migration.File, plan migrate.Plan) error {
	have, err := applied(ctx, t)
	if err != nil {
		return err
	}
	steps, err := plan(files, have)
	if err != nil {
		return fmt.Errorf("%s: %w", t.Path, err)
	}
	for _, s := range steps {
		how := ""
		if s.File.NoTx() {
			how = ", without a transaction"
		}
		fmt.Fprintf(w, "-- %s: %s%s\n", s.File.Path, direction(s), how)
		for _, statement := range s.Statements() {
			fmt.Fprintln(w, statement.SQL)
		}
	}
	return nil
}
