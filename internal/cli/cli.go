// Package cli is the drey command line.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/lint"
)

// The exit codes of drey.
const (
	exitOK      = 0
	exitFailure = 1
	exitUsage   = 2
)

// usageError is a command line that does not make sense.
type usageError struct{ error }

// interruptedError says in what state an interrupted command leaves things.
type interruptedError struct{ state string }

func (e interruptedError) Error() string { return "interrupted; " + e.state }

// Main runs drey with the arguments after the program's name and returns its
// exit code: 0, 1 for a failure, 2 for a wrong command line. An interrupt ends
// the command, which leaves every file as it was. As the vettool of go vet it exits
// by itself.
func Main(args []string, stdout, stderr io.Writer) int {
	lint.RunVettool(args)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := command()
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := unknown(root, args)
	if err == nil {
		err = root.ExecuteContext(ctx)
	}
	var usage usageError
	switch {
	case err == nil:
		return exitOK
	case errors.As(err, &usage):
		fmt.Fprintf(stderr, "drey: %v\n", err)
		return exitUsage
	case ctx.Err() != nil:
		left := interruptedError{"every file is as it was"}
		errors.As(err, &left)
		fmt.Fprintf(stderr, "drey: interrupted; %s\n", left.state)
	case errors.Is(err, errStale), errors.Is(err, errFound), errors.Is(err, errDrift), errors.Is(err, errReported), errors.Is(err, errSlow): // what is wrong has been said
	default:
		fmt.Fprintf(stderr, "%v\n", err)
		if page := manualOfError(err); page != "" {
			fmt.Fprintf(stderr, "see %s\n", manual(page))
		}
	}
	return exitFailure
}

func command() *cobra.Command {
	root := &cobra.Command{
		Use:   "drey",
		Short: "Goose migrations and SQL in, a typed Go data layer out",
		Long: `drey generates a typed Go data layer for SQLite: sqlc's code for the queries in
sql/, CRUD for every table, and typed sources for dynamic queries. The schema is
what the goose migrations make of a real SQLite, and drey migrate writes, checks
and runs these; sqlc.yaml is the configuration.`,
		Example:       "  drey generate\n  drey generate --check\n  drey migrate up --db links.db",
		Version:       version(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(c *cobra.Command, _ []string) error { return c.Help() },
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w\nusage: %s (see %s --help)", err, c.UseLine(), c.CommandPath())}
	})
	root.AddCommand(initCommand(), generateCommand(), migrateCommand(), lintCommand(), explainCommand(), schemaCommand(), seedCommand(), studioCommand(), versionCommand())
	strictHelp(root)
	root.InitDefaultCompletionCmd()
	nameManuals(root)
	markUsage(root)
	return root
}

// markUsage lets every command tell wrong arguments from a failure.
func markUsage(c *cobra.Command) {
	c.Args = usageArgs(c.Args)
	for _, sub := range c.Commands() {
		markUsage(sub)
	}
}

// usageArgs marks what is wrong with the arguments as a usage error.
func usageArgs(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if err := check(c, args); err != nil {
			return usageError{fmt.Errorf("%w\nusage: %s (see %s --help)", err, c.UseLine(), c.CommandPath())}
		}
		return nil
	}
}

func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(unknown)"
}
