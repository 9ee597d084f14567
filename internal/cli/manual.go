package cli

import (
	"errors"
	"fmt"
	"regexp"

	"github.com/spf13/cobra"

	"github.com/dreysql/drey/internal/migrate"
	"github.com/dreysql/drey/internal/project/config"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/verify"
)

// manuals are the pages of docs/ that go with a command and with those below it.
var manuals = map[string]string{
	"drey":          "start",
	"drey init":     "start",
	"drey generate": "how-it-works",
	"drey lint":     "lint",
	"drey explain":  "explain",
	"drey migrate":  "migrations",
	"drey schema":   "schema",
	"drey seed":     "seed",
	"drey studio":   "studio",
	"drey version":  "upgrading",
}

// errorManuals are the pages that say more of an error; the first that fits is named.
var errorManuals = []struct {
	is   error
	page string
}{
	{verify.ErrDiffers, "sqlc"},
	{sqlc.ErrRefused, "sqlc"},
	{config.ErrNone, "start"},
	{migrate.ErrOtherTool, "schemas"},
	{migrate.ErrOrphans, "migrations"},
	{migrate.ErrMissing, "migrations"},
}

// released is the version of a release, whose pages stand under its tag.
var released = regexp.MustCompile(`^v\d+\.\d+\.\d+$`)

// manual is where a page is read.
func manual(page string) string {
	tree := version()
	if !released.MatchString(tree) {
		tree = "main"
	}
	return fmt.Sprintf("https://github.com/dreysql/drey/blob/%s/docs/%s.md", tree, page)
}

// nameManuals ends the help of each command with its page.
func nameManuals(root *cobra.Command) {
	help := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		help(c, args)
		fmt.Fprintf(c.OutOrStdout(), "\nManual: %s\n", manual(manualOf(c)))
	})
}

func manualOf(c *cobra.Command) string {
	for ; c.HasParent(); c = c.Parent() {
		if page := manuals[c.CommandPath()]; page != "" {
			return page
		}
	}
	return manuals[c.CommandPath()]
}

// manualOfError is the page that says more of an error, "" if none does.
func manualOfError(err error) string {
	for _, m := range errorManuals {
		if errors.Is(err, m.is) {
			return m.page
		}
	}
	return ""
}
