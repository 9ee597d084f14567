package verify

import (
	"strings"

	"github.com/dreysql/drey/internal/gotype"
	"github.com/dreysql/drey/internal/infer"
	"github.com/dreysql/drey/internal/schema"
	"github.com/dreysql/drey/internal/sqlcgen"
)

// completion is what the query's method is to be completed with.
func (s *subject) completion() *sqlcgen.Completion { return s.completions.Method(s.m.Name) }

// runtimeName is the name of a function of package runtime in the package.
func (c *checker) runtimeName(name string) string {
	if c.Runtime == nil {
		return name
	}
	return c.Runtime(name)
}

// better is the Go type that a result column is to have in place of sqlc's, and
// the function of package runtime that it is scanned through. The type is empty
// where sqlc's stays: because it is right, because sqlc.yaml gives it, or because
// none is known to be right.
func (c *checker) better(typ goType, t infer.Type, declared string) (goType, via string) {
	if !typ.known() || typ.text == "any" || typ.base == "json.RawMessage" || c.overridden(t) {
		return "", ""
	}
	if typ.base != "any" {
		wrong := holds(typ, t, declared)
		if wrong.null {
			return c.nullable(typ.base), ""
		}
		if wrong == (misfit{}) && !(t.Decimal() && integers[typ.base]) {
			return "", ""
		}
	}
	if t.Column != nil { // what sqlc makes of its declared type
		return "", ""
	}
	if same := t.Same(); same.Column != nil {
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

// like is the Go type of a value that is one of a column's, as that of max(column).
func (c *checker) like(o infer.Origin, t infer.Type) (goType, via string) {
	field := c.modelField(o)
	if field == nil {
		return "", ""
	}
	typ := parseGoType(field.Type)
	switch {
	case typ.base == "any", typ.base == "json.RawMessage":
		return "", ""
	case typ.base == "time.Time":
		via = "scanTime" // the driver makes a time of a column alone
	case !typ.known():
		if !o.Column.NotNull || t.Null == infer.NotNull || strings.HasPrefix(typ.text, "*") || field.Type == "JSON" {
			return field.Type, ""
		}
		return "*" + field.Type, ""
	}
	if t.Null == infer.NotNull || typ.base == "[]byte" {
		return typ.base, via
	}
	return c.nullable(typ.base), via
}

// nullable is the type of values of a Go type, or NULL.
func (c *checker) nullable(base string) string { return gotype.OrNull(base, c.PointersForNull) }

// overridden reports whether sqlc.yaml gives the type of the column that a value
// is of.
func (c *checker) overridden(t infer.Type) bool {
	if c.Overridden == nil || t.View == "" {
		return false
	}
	view, column, _ := strings.Cut(t.View, ".")
	return c.Overridden(view, column)
}

// complete gives a result column the type that is known to be right for it, and
// returns the field as it is then.
func (s *subject) complete(i int, col infer.Column) sqlcgen.Field {
	f := s.m.Scan[i]
	f.Type = s.modelType(f)
	goType, via := s.better(parseGoType(f.Type), col.Type, s.stmt.Columns[i].DeclType)
	if goType == "" || goType == f.Type && via == "" || strings.Contains(f.Name, ".") {
		return f
	}
	if own, free := s.Package.OwnRow(s.m); s.Package.IsModel(s.m) && goType != f.Type && !free {
		s.problem(s.origin(col.Pos), "give the query another name",
			"column %s is of type %s in Go, not of %s as in %s, so the row needs a type %s of its own, a name that is taken",
			f.Name, goType, f.Type, s.m.Row, own)
		return f
	}
	r := sqlcgen.Result{Type: goType}
	if via != "" {
		r.Via = s.runtimeName(via)
	}
	s.completion().Results[i] = r
	f.Type, f.Via = goType, r.Via
	return f
}

// modelType is the type of a destination, with what its model has been completed
// with.
func (s *subject) modelType(f sqlcgen.Field) string {
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
// right for it, and returns the field as it is then.
func (c *checker) completeView(t *schema.Table, i int, col infer.Column, declared string) sqlcgen.Field {
	f := &c.models[t].Fields[i]
	if c.Overridden != nil && c.Overridden(t.Name, t.Columns[i].Name) {
		return *f
	}
	if goType, via := c.better(parseGoType(f.Type), col.Type, declared); goType != "" && via == "" {
		c.completions.Model(c.models[t].Name, f.Name, goType)
		f.Type = goType
	}
	return *f
}
