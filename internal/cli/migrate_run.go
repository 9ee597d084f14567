package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project/migration"
)

// runCommand is a command that changes a database. Names, arguments and exit codes
// are the goose command's.
type runCommand struct {
	use, short, long, example string

	suggest []string                                            // other tools' names of it
	missing bool                                                // it has --allow-missing
	from    bool                                                // it has --from
	plan    func(version int64, allowMissing bool) migrate.Plan // version is the argument, if it takes one
}

var runCommands = []runCommand{
	{use: "up", short: "Apply the migrations that the database lacks", long: `Up creates the database if there is none and applies the migrations that it
lacks, in the order of their versions. Of several processes that start at once
one does, and the others wait for it. The lock is that of an empty file beside
the database, links.db-migrate.

A migration that fails is rolled back and the earlier ones stay, unless it says
NO TRANSACTION.

A cluster cannot run every migration: --from 6, or rqlite: {from: 6} in sqlc.yaml,
has one that was never migrated begin with the schema of version 6.`,
		example: "  drey migrate up --db links.db\n  drey migrate up --dry-run\n  drey migrate up --db http://10.0.0.1:4001 --from 6", missing: true, from: true, suggest: []string{"apply", "run", "push", "deploy", "latest"},
		plan: func(_ int64, missing bool) migrate.Plan { return migrate.Up(missing) }},
	{use: "up-by-one", short: "Apply the next migration", long: `Up-by-one applies the first migration that the database lacks. If it lacks none,
the exit code is 1.`,
		example: "  drey migrate up-by-one --db links.db", missing: true,
		plan: func(_ int64, missing bool) migrate.Plan { return migrate.UpByOne(missing) }},
	{use: "up-to VERSION", short: "Apply the migrations up to a version", long: `Up-to applies the migrations that the database lacks, up to and including that
version. It takes nothing back.`,
		example: "  drey migrate up-to 3 --db links.db", missing: true,
		plan: migrate.UpTo},
	{use: "down", short: "Take back the migration that was applied last", long: `Down runs the Down section of the migration that was applied last. If none is
applied, the exit code is 1. drey migrate reset takes back all of them.`,
		example: "  drey migrate down --db links.db", suggest: []string{"rollback", "revert", "undo"},
		plan: func(int64, bool) migrate.Plan { return migrate.Down }},
	{use: "down-to VERSION", short: "Take back the migrations above a version", long: `Down-to takes back the migrations above that version, the one applied last first.
Version 0 is the empty database.`,
		example: "  drey migrate down-to 3 --db links.db",
		plan:    func(version int64, _ bool) migrate.Plan { return migrate.DownTo(version) }},
	{use: "to VERSION", short: "Go up or down to a version", long: `To applies the migrations up to and including that version, or takes back those
above it, the one applied last first. Version 0 is the empty database.`,
		example: "  drey migrate to 3 --db links.db\n  drey migrate to 0 --dry-run", suggest: []string{"goto", "migrate"},
		plan: func(version int64, _ bool) migrate.Plan { return migrate.To(version) }},
	{use: "redo", short: "Take back the migration that was applied last, and apply it again", long: `Redo is down and then up for one migration: for the one that is being written.
If none is applied, the exit code is 1.`,
		example: "  drey migrate redo --db links.db",
		plan:    func(int64, bool) migrate.Plan { return migrate.Redo }},
	{use: "reset", short: "Take back all migrations", long: `Reset takes back all migrations, the one applied last first. If the database was
never migrated, the exit code is 1.`,
		example: "  drey migrate reset --db links.db", suggest: []string{"drop"},
		plan: func(int64, bool) migrate.Plan { return migrate.Reset }},
}

// migrateRun are the flags of a command that changes a database.
type migrateRun struct {
	project          *migrateProject
	dryRun, noBackup bool
	from             int64
}

func (rc *runCommand) command(p *migrateProject) *cobra.Command {
	r := &migrateRun{project: p}
	var allowMissing bool
	_, takesVersion := strings.CutSuffix(rc.use, " VERSION")
	c := &cobra.Command{Use: rc.use, Short: rc.short, Long: rc.long, Example: rc.example, SuggestFor: rc.suggest, Args: cobra.NoArgs}
	if takesVersion {
		c.Args = cobra.ExactArgs(1)
	}
	c.RunE = func(c *cobra.Command, args []string) error {
		var version int64
		if takesVersion {
			var err error
			if version, err = strconv.ParseInt(args[0], 10, 64); err != nil || version < 0 {
				return usageError{fmt.Errorf("%q is no version: write the number that a migration's name begins with, or 0", args[0])}
			}
		}
		return r.run(c, rc.plan(version, allowMissing))
	}
	p.databaseFlag(c)
	c.Flags().BoolVar(&r.dryRun, "dry-run", false, "print the SQL and change nothing")
	c.Flags().BoolVar(&r.noBackup, "no-backup", false, "do not copy the database before a destructive step")
	if rc.from {
		c.Flags().Int64Var(&r.from, "from", 0, "the version with whose schema a cluster begins that was never migrated")
	}
	if rc.missing {
		c.Flags().BoolVar(&allowMissing, "allow-missing", false, "apply migrations older than the database's version as well")
	}
	return c
}

func (r *migrateRun) run(c *cobra.Command, plan migrate.Plan) error {
	ctx, stdout, stderr := c.Context(), c.OutOrStdout(), c.ErrOrStderr()
	if err := r.project.own(c.Name()); err != nil {
		return err
	}
	t, err := r.project.target()
	if err != nil {
		return err
	}
	files, err := r.project.files()
	if err != nil {
		return err
	}
	if r.from != 0 && !t.Cluster() {
		return usageError{errors.New("--from is for a cluster: a file takes every migration")}
	}
	from := int64(0)
	if t.Cluster() {
		from = cmp.Or(r.from, r.project.rqliteFrom())
	}
	if r.dryRun {
		return dryRun(ctx, stdout, t, files, plan, from)
	}
	start, steps := time.Now(), 0
	bar := newProgress(stderr)
	err = t.Run(ctx, files, plan, migrate.Options{
		Backup: !r.noBackup,
		From:   from,
		Waiting: func() {
			fmt.Fprintf(stderr, "%s is being migrated by another process; waiting\n", t)
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
func dryRun(ctx context.Context, w io.Writer, t migrate.Target, files []migration.File, plan migrate.Plan, from int64) error {
	have, err := applied(ctx, t, files)
	if err != nil {
		return err
	}
	steps, err := plan(files, have)
	if err != nil {
		return fmt.Errorf("%s: %w", t, err)
	}
	if have == nil && from != 0 && len(steps) > 0 {
		var schema []string
		if schema, have, steps, err = migrate.Beginning(ctx, files, steps, from); err != nil {
			return err
		}
		fmt.Fprintf(w, "-- the schema of version %d\n", from)
		for _, sql := range schema {
			fmt.Fprintf(w, "%s;\n", sql)
		}
	}
	if err := migrate.Refused(ctx, t, files, have, steps); err != nil {
		return err
	}
	for _, s := range steps {
		how := ""
		if s.File.NoTx() && !t.Cluster() {
			how = ", without a transaction"
		}
		fmt.Fprintf(w, "-- %s: %s%s\n", s.File.Path, direction(s), how)
		for _, statement := range s.Statements() {
			fmt.Fprintln(w, statement.SQL)
		}
	}
	return nil
}
