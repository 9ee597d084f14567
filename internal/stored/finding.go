package stored

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// Finding is a value that is not in the form of its column, and what writes it.
type Finding struct {
	Table  *schema.Table
	Column *schema.Column
	Form   *Form
	By     Writer
	Expr   string // what is evaluated, "" for the rows that are there
	Offset int    // of Expr in the text of the statement or trigger
	Line   int    // of Expr in the text of the trigger, from 0

	Value   string // as SQL, shortened
	Want    string // the same in the form, "" where that is not known
	Refused string // why SQLite does not store it at all
	Local   bool   // it is in the form, but in local time
	Rewrite string // an expression that stores the form, "" where none is known
}

// Writer is what writes a value.
type Writer struct {
	Kind WriterKind
	Name string // of a trigger
}

// WriterKind tells defaults, triggers and statements apart.
type WriterKind uint8

// The kinds.
const (
	Default WriterKind = iota
	Trigger
	Statement
	Generated  // a generated column
	Constraint // a CHECK, which takes nothing else
)

// name is the column with its table.
func (f *Finding) name() string { return f.Table.Name + "." + f.Column.Name }

// Msg says what is wrong.
func (f *Finding) Msg() string {
	var what string
	switch f.By.Kind {
	case Default:
		what = "the default of " + f.name() + " stores "
	case Trigger:
		what = "trigger " + f.By.Name + " writes into " + f.name() + " "
	case Statement:
		what = "it writes into " + f.name() + " "
	case Generated:
		what = "the generated column " + f.name() + " can be "
	case Constraint:
		return fmt.Sprintf("no %s that Go writes into %s satisfies the CHECK %s", f.Form.Type, f.name(), f.Refused)
	}
	switch {
	case f.Refused != "":
		return what + "what SQLite refuses: " + f.Refused
	case f.Local:
		return what + "local time, which Go reads as UTC"
	case f.Want == "":
		return fmt.Sprintf("%s%s, which Go cannot read as %s: that is stored as %s", what, f.Value, f.Form.Type, f.Form.Text)
	}
	return fmt.Sprintf("%s%s, where Go writes %s: Go cannot read such a row, or does not find it by =", what, f.Value, f.Want)
}

// Fix says what to write, and how else the column can be declared.
func (f *Finding) Fix() string {
	fix, expr := "write a value that is "+f.Form.Text, f.Rewrite
	if f.By.Kind == Constraint {
		return "declare the column TEXT, or let the CHECK take " + f.Form.Text + ", which is how Go writes it"
	}
	if expr != "" {
		if f.By.Kind == Default {
			if isCall(expr) {
				expr = "(" + expr + ")"
			}
			expr = "DEFAULT " + expr
		}
		fix = "write " + expr
	}
	if f.By.Kind != Statement {
		fix += " (in a new migration, if this one has been applied)"
	}
	return fix + f.other()
}

// other is another way to have the column, as the rest of a sentence.
func (f *Finding) other() string {
	number := f.Value != "" && strings.Trim(f.Value, "-+.e0123456789") == ""
	override := "in sqlc.yaml under gen.go:\noverrides:\n  - column: \"" + f.name() + "\"\n    go_type: "
	switch {
	case f.Refused != "":
		return ""
	case f.Form.Time != sqltime.None && number:
		return "; or declare it INTEGER and use a time type of the generated package, " + override + `{type: "UnixTime"}`
	case f.Form.Time != sqltime.None && !f.Local && f.By.Kind != Statement:
		return ", or declare the column TEXT"
	case f.Form.integer && isNow(f.Expr):
		return ", or declare the column DATETIME"
	case f.Form.Time == sqltime.None && !f.Form.moment && strings.HasPrefix(f.Value, "'") && f.By.Kind != Statement:
		return ", or declare the column TEXT"
	}
	return ""
}
