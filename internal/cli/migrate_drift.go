package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/migrate/diff"
	"github.com/dreysql/drey/internal/project/migration"
	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/stored"
)

// These errors end a drift that found something.
var (
	errDrift  = errors.New("the database has another schema than the migrations say")
	errValues = errors.New("the database holds values that Go cannot read or find")
)

func migrateDriftCommand(p *migrateProject) *cobra.Command {
	c := &cobra.Command{
		Use:   "drift DATABASE",
		Short: "Compare a database's schema and values with what its migrations say",
		Long: `Drift compares the schema of a database with what the migrations say that were
applied to it. It prints what differs and the statements that mend it.

Then it reads every table, and tells which columns hold values that Go cannot read
as the column's type, or does not find by =, because something else has written
them: times with a T and a Z, with an offset or as numbers, fractions in dates,
text among integers, 'true' for 1. It prints how many rows, an example, and the
statement that brings them into the form that Go writes; values of which nobody
knows what they mean stay as they are. The statements are UPDATEs, which fire
triggers. Local time cannot be told from UTC where no offset says which it is.

Of a cluster the database is copied to this machine first. The exit code is 1 if
there is anything. Drift changes nothing.`,
		Example: "  drey migrate drift links.db\n  drey migrate drift http://10.0.0.1:4001",
		Args:    cobra.ExactArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			t, err := p.databaseArgument(args[0])
			if err != nil {
				return err
			}
			t, remove, err := t.Local(c.Context())
			if err != nil {
				return err
			}
			defer remove()
			s, err := p.find()
			if err != nil {
				return err
			}
			files, err := s.Files()
			if err != nil {
				return err
			}
			is, version, err := driftOfSchema(c.Context(), c.OutOrStdout(), t, files)
			if err != nil && !errors.Is(err, errDrift) {
				return err
			}
			bar := newProgress(c.ErrOrStderr())
			list, valuesErr := values(c.Context(), t, is, stored.TypesOf(p.overrides(s)), func(done, total int) { bar.show("values", done, total) })
			bar.clear()
			if valuesErr != nil {
				return errors.Join(err, valuesErr)
			}
			if len(list) > 0 {
				valuesErr = errValues
			}
			if err == nil {
				comment := ""
				if len(list) > 0 {
					comment = "-- " // of SQL, as what follows it
				}
				fmt.Fprintf(c.OutOrStdout(), "%s%s has the schema of %s\n", comment, t, version)
			}
			writeValues(c.OutOrStdout(), t, list)
			return errors.Join(err, valuesErr)
		},
	}
	return c
}

// driftOfSchema prints how the schema of a database differs from what its
// migrations say, and returns errDrift if it does. It also returns that schema
// and what the migrations are called in a message.
func driftOfSchema(ctx context.Context, w io.Writer, t migrate.Target, files []migration.File) (*alter.Snapshot, string, error) {
	have, version, err := hasOf(ctx, t, files)
	if err != nil {
		return nil, "", err
	}
	is, err := differs(ctx, w, t, have, version)
	return is, version, err
}

// differs prints how the schema of a database differs from what migrations make, and
// returns errDrift if it does.
func differs(ctx context.Context, w io.Writer, t migrate.Target, have []migration.File, version string) (*alter.Snapshot, error) {
	is, differences, mend, err := compared(ctx, t, have)
	if err != nil || len(differences) == 0 {
		return is, err
	}
	fmt.Fprintf(w, "-- %s differs from %s:\n", t, version)
	for _, d := range differences {
		fmt.Fprintf(w, "--   %s\n", d)
	}
	fmt.Fprintf(w, "-- To mend it:\n%s", mend)
	return is, errDrift
}

// compared is the schema of a database, how it differs from what migrations make, and the
// SQL that mends that.
func compared(ctx context.Context, t migrate.Target, have []migration.File) (is *alter.Snapshot, differences []string, mend string, err error) {
	want, err := diff.Migrated(ctx, have)
	if err != nil {
		return nil, nil, "", err
	}
	if is, err = snapshot(ctx, t, want); err != nil {
		return nil, nil, "", err
	}
	for _, d := range alter.Compare(is, want) {
		differences = append(differences, d.Msg)
	}
	if differences == nil {
		return is, nil, "", nil
	}
	plan, err := alter.Plan(ctx, is, want, nil)
	if err != nil {
		return nil, nil, "", err
	}
	return is, differences, plan.SQL(), nil
}

// hasOf are the migrations that a database has, and what they are called in a message.
// Where nothing records them, they are all.
func hasOf(ctx context.Context, t migrate.Target, files []migration.File) ([]migration.File, string, error) {
	list, err := applied(ctx, t, files)
	f := files[0].Format
	if errors.Is(err, errUnrecorded) || err == nil && list == nil && f.Foreign() {
		return files, "all migrations", nil
	}
	if err != nil {
		return nil, "", err
	}
	have, err := filesOf(list, files, t)
	if err != nil {
		return nil, "", err
	}
	version := fmt.Sprint(migrate.Current(list))
	if n := len(have); n > 0 && f.Foreign() {
		version = have[n-1].Recorded
	}
	return have, "version " + version, nil
}

// filesOf are the files of what is applied to a database, in their order. One without
// a file is an error.
func filesOf(list []migrate.Applied, files []migration.File, t migrate.Target) (have []migration.File, err error) {
	var unknown []string
	for _, a := range list {
		i := slices.IndexFunc(files, func(m migration.File) bool { return m.Version() == a.Version })
		if i < 0 {
			unknown = append(unknown, cmp.Or(a.Recorded, fmt.Sprint(a.Version)))
			continue
		}
		have = append(have, files[i])
	}
	if len(unknown) > 0 {
		slices.Sort(unknown)
		return nil, fmt.Errorf("%s has versions of which there is no file: %s", t, strings.Join(unknown, ", "))
	}
	slices.SortStableFunc(have, func(a, b migration.File) int { return cmp.Compare(a.Version(), b.Version()) })
	return have, nil
}

// values looks at the rows of a database.
func values(ctx context.Context, t migrate.Target, s *alter.Snapshot, types stored.Types, progress func(done, total int)) ([]*stored.Values, error) {
	db, err := t.Read(ctx)
	if err != nil {
		return nil, err
	}
	defer db.Close()
	list, err := stored.Rows(ctx, db, s.Schema, types, progress)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", t, err)
	}
	return list, nil
}

func writeValues(w io.Writer, t migrate.Target, list []*stored.Values) {
	if len(list) == 0 {
		return
	}
	fmt.Fprintf(w, "-- %s holds values that Go cannot read, or does not find by =:\n", t)
	for _, v := range list {
		fmt.Fprintf(w, "--   %s\n", v.Summary())
	}
	mend := false
	for _, v := range list {
		if update := v.Update(); update != "" {
			if !mend {
				fmt.Fprint(w, "-- To mend what can be, stop what writes to it, and run:\n")
				mend = true
			}
			fmt.Fprintln(w, update)
		}
	}
}
