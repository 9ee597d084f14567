// Package expressions uses the runtime's door for SQL text.
package expressions

import (
	"os"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

func wrong(column string) {
	_ = drey.Expr[int64](&db.Links.Query, "length("+column+")")                 // want `injected`
	_ = drey.Expr[int64](&db.Links.Query, os.Args[1])                           // want `injected`
	_ = drey.Expr[string](&db.Links.Query, "CASE WHEN title > '' THEN 1 END")   // want `raw SQL without a reason`
	_ = drey.Expr[int64](&db.Links.Query, "instr(title, '"+os.Getenv("X")+"')") // want `injected`
}

func right() {
	// @native-sql instr has no function of its own
	_ = drey.Expr[int64](&db.Links.Query, "instr(title, ?)", os.Args[1]) // ok: the value is bound
	_ = drey.Expr[int64](&db.Links.Query, "click_count")                 // ok: a name
}
