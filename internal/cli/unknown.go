package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/agnivade/levenshtein"
	"github.com/spf13/cobra"
)

// unknown finds a word on the command line that is not a command where one has to
// stand, before its flags are read: they may be those of the command that is meant.
func unknown(root *cobra.Command, args []string) error {
	if len(args) > 0 && (args[0] == cobra.ShellCompRequestCmd || args[0] == cobra.ShellCompNoDescRequestCmd) {
		return nil
	}
	c, rest, err := root.Find(args)
	if err != nil || !c.HasAvailableSubCommands() {
		return err
	}
	word := firstWord(c, rest)
	if word == "" {
		return nil
	}
	return usageError{fmt.Errorf("unknown command %q for %q: %s", word, c.CommandPath(), meant(c, word))}
}

// meant says which command may be meant by a word.
func meant(c *cobra.Command, word string) string {
	const near = 2 // letters
	c.SuggestionsMinimumDistance = near
	list := c.SuggestionsFor(word)
	if !c.HasParent() && levenshtein.ComputeDistance(word, "help") <= near { // which cobra leaves out
		list = append(list, "help")
	}
	if len(list) > 0 {
		return fmt.Sprintf("did you mean %s?", strings.Join(list, " or "))
	}
	for _, sub := range c.Commands() {
		if sub.IsAvailableCommand() {
			list = append(list, sub.Name())
		}
	}
	slices.Sort(list)
	return fmt.Sprintf("its commands are %s (see %s --help)", strings.Join(list, ", "), c.CommandPath())
}

// firstWord returns the first argument that is neither a flag nor the value of one.
// The value of a flag that c does not have follows it, unless the flag has a "=".
func firstWord(c *cobra.Command, args []string) string {
	for i := 0; i < len(args); i++ {
		name, dashed := strings.CutPrefix(args[i], "-")
		long := strings.HasPrefix(name, "-")
		switch {
		case args[i] == "--":
			return ""
		case !dashed || name == "":
			return args[i]
		case strings.Contains(name, "="):
		case !long && len(name) != 1: // -fvalue
		case long && !boolFlag(c, name[1:]), !long && !boolFlag(c, name):
			i++
		}
	}
	return ""
}

// boolFlag reports whether c has a flag of that name or letter that takes no value.
func boolFlag(c *cobra.Command, name string) bool {
	c.InitDefaultHelpFlag()
	c.InitDefaultVersionFlag()
	f := c.Flags().Lookup(name)
	if f == nil && len(name) == 1 {
		f = c.Flags().ShorthandLookup(name)
	}
	if f == nil {
		f = c.InheritedFlags().Lookup(name)
	}
	return f != nil && f.NoOptDefVal != ""
}

// strictHelp makes drey help an error for what is not a command.
func strictHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "help" })
	c := root.Commands()[i]
	c.Args, c.Run = cobra.ArbitraryArgs, nil
	c.RunE = func(_ *cobra.Command, args []string) error {
		if err := unknown(root, args); err != nil {
			return err
		}
		of, rest, err := root.Find(args)
		if err != nil {
			return err
		}
		if len(rest) > 0 {
			return usageError{fmt.Errorf("%s does not have commands (see %s --help)", of.CommandPath(), of.CommandPath())}
		}
		of.InitDefaultHelpFlag()
		of.InitDefaultVersionFlag()
		return of.Help()
	}
}

func versionCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "version",
		Short: "Print drey's version",
		Args:  cobra.NoArgs,
		RunE: func(c *cobra.Command, _ []string) error {
			_, err := fmt.Fprintf(c.OutOrStdout(), "drey version %s\n", version())
			return err
		},
	}
}
