// Golangcitest is golangci-lint with drey's linter in it, as "golangci-lint custom"
// builds it from the .custom-gcl.yml of docs/lint.md. That command clones
// golangci-lint, adds the import of the plugin to its main, and builds that. Here
// golangci-lint comes as a module, in the version that docs/lint.md names. The test of
// this package runs it.
package main

import (
	"fmt"
	"os"

	"github.com/golangci/golangci-lint/v2/pkg/commands"
	"github.com/golangci/golangci-lint/v2/pkg/exitcodes"

	_ "github.com/dreysql/drey/cmd/drey/golangci"
)

func main() {
	if err := commands.Execute(commands.BuildInfo{Version: "golangcitest"}); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(exitcodes.Failure)
	}
}
