// Drey turns goose migrations and SQL queries into a typed Go data layer.
package main

import (
	"os"

	"github.com/dreysql/drey/internal/cli"
	"github.com/dreysql/drey/internal/sqlc"
)

func main() {
	sqlc.RunChild()
	os.Exit(cli.Main(os.Args[1:], os.Stdout, os.Stderr))
}
