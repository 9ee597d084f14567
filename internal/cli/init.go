package cli

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"path"
	"strings"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/adopt"
	"github.com/dreysql/drey/internal/lint/policy"
)

func initCommand() *cobra.Command {
	var write, withPolicy bool
	o := adopt.Options{}
	c := &cobra.Command{
		Use:   "init [--write] [--dir DIR]",
		Short: "Begin a project, or take drey into one that has sqlc",
		Long: `Init begins a project in a folder without a sqlc.yaml: a go.mod, sqlc.yaml, a
migration, a query, and a test of both halves. What is there already stays.

In a project with sqlc it prints what it would change, as a diff: its sqlc.yaml,
with CRUD off, and go.mod. Everything else in them stays as it is. It then runs
generation in memory, and prints all that is refused, with what to do. --write
makes the changes; drey generate writes the code.

Where a file that is there has to be changed, it is only changed with --write.`,
		Example: `  mkdir notes && cd notes
  drey init                             begin a project
  drey init --module example.com/notes  with another module path than that of the folder's name
  drey init                             in a project with sqlc: print what will change
  drey init --write                     change it
  drey init --dir db                    where sqlc.yaml is in another folder`,
		Args: cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			asker := newAsker(c.Context(), c.InOrStdin(), c.OutOrStdout())
			if err := choose(asker, c, &o, &withPolicy); err != nil {
				return err
			}
			if withPolicy {
				o.Policy = policy.Text
			}
			bar := newProgress(c.ErrOrStderr())
			o.Progress = bar.show
			plan, err := adopt.Make(c.Context(), o)
			bar.clear()
			if err != nil {
				return err
			}
			return initialize(c.Context(), c.OutOrStdout(), plan, write)
		},
	}
	c.Flags().BoolVar(&write, "write", false, "change files that are there as well")
	c.Flags().StringVar(&o.Module, "module", "", "the path of the new module (default: example.com/ and the folder's name)")
	c.Flags().StringVar(&o.Out, "out", "", "the folder of the generated package in a new project (default: internal/db)")
	c.Flags().BoolVar(&withPolicy, "policy", false, "write AGENTS.md, the policy for people and coding assistants")
	c.Flags().StringVar(&o.Dir, "dir", ".", "the folder with sqlc.yaml")
	return c
}

// initialize prints a plan, and writes it if it may.
func initialize(ctx context.Context, w io.Writer, plan *adopt.Plan, write bool) error {
	write = write || plan.OnlyAdds() && !plan.Sqlc()
	for _, line := range plan.Found {
		fmt.Fprintln(w, line)
	}
	if len(plan.Found) > 0 {
		fmt.Fprintln(w)
	}
	if write {
		if err := plan.Write(ctx); err != nil {
			return err
		}
	}
	for _, name := range plan.Kept {
		fmt.Fprintf(w, "%s is there already, and stays as it is\n", name)
	}
	for _, c := range plan.Changes {
		switch {
		case path.Base(c.Path) == "go.sum" && c.Old != nil:
			fmt.Fprintf(w, "%s: %+d lines\n", c.Path, strings.Count(string(c.New), "\n")-strings.Count(string(c.Old), "\n"))
		case write && c.Old != nil:
			fmt.Fprintf(w, "%s changed\n", c.Path)
		case write:
			fmt.Fprintf(w, "%s written\n", c.Path)
		case c.Old == nil:
			fmt.Fprintf(w, "%s is new\n", c.Path)
		default:
			fmt.Fprint(w, c.Diff())
		}
	}
	for _, note := range plan.Notes {
		fmt.Fprintf(w, "\nnote: %s\n", note)
	}
	for _, warning := range plan.Warnings {
		fmt.Fprintf(w, "\nwarning: %v\n", warning)
	}
	for _, p := range plan.Refused {
		fmt.Fprintf(w, "\n%v\n", p)
	}
	fmt.Fprintln(w)
	if n := len(plan.Refused); n > 0 {
		fmt.Fprintf(w, "drey generate refuses the %s above, and writes nothing before they are mended.\n", count(n, "place"))
	}
	if plan.Generated != "" {
		fmt.Fprintf(w, "drey generate refuses nothing: %s.\n", strings.Replace(plan.Generated, "written", "to write", 1))
	}
	switch {
	case !write && len(plan.Changes) > 0:
		fmt.Fprintf(w, "Nothing is changed yet: drey init --write does that.\n")
	default:
		fmt.Fprintf(w, "Next: %s\n", strings.Join(plan.Next, " && "))
	}
	return nil
}

// choose asks for what a person at a terminal may want to choose, and no flag has said.
func choose(a *asker, c *cobra.Command, o *adopt.Options, policy *bool) error {
	if a == nil || adopt.HasSqlc(o.Dir) {
		return nil
	}
	if !c.Flags().Changed("module") && !adopt.HasModule(o.Dir) {
		answer, err := a.ask("Path of the module", adopt.ModuleOf(o.Dir))
		if err != nil {
			return err
		}
		o.Module = answer
	}
	if !c.Flags().Changed("policy") {
		answer, err := a.ask("Write AGENTS.md, the policy for people and coding assistants", "no")
		if err != nil {
			return err
		}
		*policy = strings.HasPrefix(strings.ToLower(answer), "y")
	}
	return nil
}

// asker asks a person at a terminal.
type asker struct {
	ctx   context.Context
	w     io.Writer
	lines chan string // closed at the end of the input
}

// newAsker returns nil where nobody can answer.
func newAsker(ctx context.Context, in io.Reader, out io.Writer) *asker {
	for _, stream := range []any{in, out} {
		f, ok := stream.(*os.File)
		if !ok || !isatty.IsTerminal(f.Fd()) {
			return nil
		}
	}
	a := &asker{ctx: ctx, w: out, lines: make(chan string)}
	go func() {
		defer close(a.lines)
		for s := bufio.NewScanner(in); s.Scan(); {
			select {
			case a.lines <- s.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return a
}

// ask returns the answer, or what stands for an empty one.
func (a *asker) ask(question, otherwise string) (string, error) {
	fmt.Fprintf(a.w, "%s [%s]: ", question, otherwise)
	select {
	case line := <-a.lines:
		if line = strings.TrimSpace(line); line != "" {
			return line, nil
		}
		return otherwise, nil
	case <-a.ctx.Done():
		return "", a.ctx.Err()
	}
}
