package verify

import (
	"fmt"
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// completion returns the changes to make in the query's method.
func (s *subject) completion() *sqlc.Completion { return s.completions.Method(s.m.Name) }

// runtimeName returns the name of a function of package runtime in the package.
func (c *checker) runtimeName(name string) string {
	if c.Runtime == nil {
		return name
	}
	return c.Runtime(name)
}

// better returns the Go type that a result column should have instead of sqlc's,
// and the function of package runtime that it is scanned through. The type is empty
// if sqlc's stays: because it is right, because sqlc.yaml gives it, or because no
// type is known to be right.
func (c *checker) better(typ goType, t infer.Type, declared string) (text, via string) {
	if !typ.known() || typ.text == "any" || typ.base == "json.RawMessage" || c.overridden(t) {
		return "", ""
	}
	if typ.base != "any" {
		wrong := holds(typ, t, declared)
		switch same := t.Same(); {
		case wrong == (misfit{}) && !(t.Decimal() && integers[typ.base]):
			return "", ""
		case typ.base == "time.Time" && t.Column == nil && same != nil: // of a view that has been completed
			return c.like(same, t)
		case wrong.null:
			return c.nullable(typ.base), ""
		}
	}
	if t.Column != nil { // what sqlc makes of its declared type
		return "", ""
	}
	if same := t.Same(); same != nil {
		return c.like(same, t)
	}
	base := ""
	switch {
	case t.Truth() && typ.base == "any":
		base = "bool"
	case t.Class == infer.Integer && !(typ.base == "bool" && t.Cast != ""): // CAST(… AS BOOLEAN) asks for a bool
		base = "int64"
	case t.Class == infer.Real, t.Class == infer.Integer|infer.Real && !t.Wide(), t.Decimal() && t.Occurs()&(infer.Text|infer.Blob) == 0:
		base = "float64"
	case t.Class == infer.Text:
		base = "string"
	case t.Class == infer.Blob:
		return "[]byte", ""
	default:
		return "", ""
	}
	if t.Null == infer.NotNull {
		return base, ""
	}
	return c.nullable(base), ""
}

// like returns the Go type of a value that comes from one of some columns, such as
// max(column).
func (c *checker) like(columns []infer.Origin, t infer.Type) (text, via string) {
	var typ goType
	null := false // typ belongs to a column that may be NULL
	for i, o := range columns {
		field := c.modelField(o)
		if field == nil {
			return "", ""
		}
		of := parseGoType(field.Type)
		switch {
		case i > 0 && of.base != typ.base:
			return "", ""
		case i == 0 || of.nullable || !o.Column.NotNull:
			typ, null = of, of.nullable || !o.Column.NotNull
		}
	}
	switch {
	case typ.base == "any", typ.base == "json.RawMessage":
		return "", ""
	case !typ.known() && (t.Null == infer.NotNull || null || typ.text == "JSON"):
		return typ.text, ""
	case typ.base == "time.Time":
		via = "scanTime" // the driver only makes a time of a column
	}
	if t.Null == infer.NotNull {
		return typ.base, via
	}
	return c.nullable(typ.base), via
}

// nullable returns the type for values of a Go type, or NULL.
func (c *checker) nullable(base string) string { return gotype.OrNull(base, c.PointersForNull) }

// overridden reports whether sqlc.yaml gives the type of the column that a value
// comes from.
func (c *checker) overridden(t infer.Type) bool {
	if c.Overridden == nil || t.View == "" {
		return false
	}
	view, column, _ := strings.Cut(t.View, ".")
	return c.Overridden(view, column)
}

// complete gives a result column the type that is known to be right for it, and
// returns the changed field.
func (s *subject) complete(i int, col infer.Column) sqlc.Field {
	f := s.m.Scan[i]
	f.Type = s.modelType(f)
	goType, via := s.better(parseGoType(f.Type), col.Type, s.stmt.Columns[i].DeclType)
	if goType == "" || goType == f.Type && (via == "" || f.Via != "") || goType != f.Type && strings.Contains(f.Name, ".") {
		return f
	}
	if goType != f.Type && !s.ownRow(col.Pos, "column %s is of type %s in Go", f.Name, goType) {
		return f
	}
	r := sqlc.Result{}
	if goType != f.Type {
		r.Type = goType
	}
	if via != "" {
		r.Via = s.runtimeName(via)
	}
	s.completion().Results[i] = r
	f.Type, f.Via = goType, r.Via
	return f
}

// ownRow reports whether the method's row can differ from a table's, and reports a
// problem if it cannot. offset is a place in the emitted SQL; format says what
// differs there.
func (s *subject) ownRow(offset int, format string, args ...any) bool {
	own, free := s.Package.OwnRow(s.m)
	if free || !s.Package.IsModel(s.m) {
		return true
	}
	s.problem(s.origin(offset), "give the query another name",
		"%s, so its row is not the table's %s and needs a type %s, a name that is taken", fmt.Sprintf(format, args...), s.m.Row, own)
	return false
}

// modelType returns the type of a destination, with the changes to its model.
func (s *subject) modelType(f sqlc.Field) string {
	model, field := "", f.Name
	if embed, inner, ok := strings.Cut(f.Name, "."); ok {
		field = inner
		for _, outer := range s.m.RowType.Fields {
			if outer.Name == embed {
				model = outer.Type
			}
		}
	} else if s.Package.IsModel(s.m) {
		model = s.m.Row
	}
	if t := s.completions.Models[model][field]; t != "" {
		return t
	}
	return f.Type
}

// completeView gives a column of a view's row type the type that is known to be
// right for it, and returns the changed field. The view's source and every query
// scan it through Via.
func (c *checker) completeView(t *schema.Table, i int, col infer.Column, declared string) sqlc.Field {
	f := &c.models[t].Fields[i]
	if c.Overridden != nil && c.Overridden(t.Name, t.Columns[i].Name) {
		c.takeNull(c.models[t], i, col.Type)
		return *f
	}
	goType, via := c.better(parseGoType(f.Type), col.Type, declared)
	if goType != "" && goType != f.Type {
		c.completions.Model(c.models[t].Name, f.Name, goType)
		f.Type = goType
	}
	completed := *f
	completed.Via = via
	return completed
}
