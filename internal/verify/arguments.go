package verify

import (
	"fmt"

	"github.com/dreysql/drey/internal/project/query"
	"github.com/dreysql/drey/internal/sqlc"
	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/schema"
)

// arguments: the Go type of each argument fits what its parameter is compared with
// or assigned to.
func (s *subject) arguments() bool {
	if s.info == nil {
		return true
	}
	uses := map[int]infer.Use{}
	for _, u := range s.info.Uses {
		uses[u.Var.Start] = u
	}
	args, ok := s.byName(s.emitted.params()), true
	if !s.unbound {
		args, ok = s.meant(s.emitted.params())
	}
	if !ok {
		return false
	}
	s.dates(uses, args)
	s.tenants(args)
	reported := map[int]bool{}
	for i, p := range s.emitted.params() {
		use, ok := uses[p.start]
		if !ok || args[i] < 0 || reported[args[i]] {
			continue
		}
		arg := s.m.Args[args[i]]
		typ := parseGoType(arg.Type)
		if arg.Slice {
			typ = typ.element()
		}
		wrong, want := s.unsuitable(typ, use)
		switch fix := s.argumentFix(p.item.Param, want); {
		case wrong != "":
			s.problem(p.item.Start, fix, "%s is of type %s in Go, but %s", p.item.Text, arg.Type, wrong)
			reported[args[i]] = true
		case use.Kind == infer.Compared && use.Type.Class == infer.Unknown && use.Type.Source().Column == nil && typ.base != "any" && !(use.Type.Number && numeric(typ)):
			s.warn(p.item.Start, fix, "%s is of type %s in Go, after a column in what it is compared with: sqlc cannot tell the type of that", p.item.Text, arg.Type)
			reported[args[i]] = true
		case typ.base == "any" && !s.untyped(use.Type.Source()):
			s.warn(p.item.Start, fix, "sqlc has no type for %s: it is %s in Go", p.item.Text, arg.Type)
			reported[args[i]] = true
		}
	}
	return true
}

// tenants has an argument that says a tenant bound as one: a caller can leave it out of the
// method's Params, and would find nothing, or write the rows of nobody.
func (s *subject) tenants(args []int) {
	if s.Tenants == nil {
		return
	}
	say := s.Tenants(s.emitted.sql)
	for i, p := range s.emitted.params() {
		if say[p.start] && args[i] >= 0 {
			s.completion().Args[args[i]] = s.runtimeName("ofTenant")
		}
	}
}

// unsuitable tells why a Go type is wrong for a use, or "", and the SQL type that
// would be right.
func (s *subject) unsuitable(typ goType, use infer.Use) (wrong, want string) {
	class := use.Type.Class
	target := use.Type.Source()
	if target.Column == nil {
		want = sqlType(class)
		switch own, known := bound[typ.base]; {
		case typ.base == "any" || use.Kind == infer.OtherUse || use.Kind == infer.Converted || use.Kind == infer.Tested:
		case !known && use.Kind == infer.Compared,
			known && class != infer.Unknown && !meets(own, class),
			use.Type.Number && !numeric(typ) && typ.base != "bool":
			return useText[use.Kind] + expression(use.Type), want
		}
		return "", want
	}
	class = classOf(target.Column)
	want = sqlType(class)
	field := s.modelField(target)
	if field == nil || typ.base == "any" {
		return "", want
	}
	column := parseGoType(field.Type)
	switch own, known := bound[typ.base]; {
	case column.base == typ.base, column.base == "any":
		return "", want
	case known && (!column.known() || column.base == "float64") && meets(own, class):
		return "", want // the value can be whatever the override makes of the column
	case integers[column.base] && integers[typ.base]:
		return "", want
	}
	return fmt.Sprintf("%s%s.%s, which is of type %s", useText[use.Kind], target.Table.Name, target.Column.Name, field.Type), want
}

func expression(t infer.Type) string {
	c := t.Class
	if t.Number {
		return "a number"
	}
	if c == infer.Unknown {
		return "an expression"
	}
	return "a value that is " + c.String()
}

// classOf returns the storage class that a column's values should have.
func classOf(c *schema.Column) infer.Class {
	switch infer.AffinityOf(c.Affine()) {
	case infer.IntegerAffinity:
		return infer.Integer
	case infer.RealAffinity:
		return infer.Real
	case infer.TextAffinity:
		return infer.Text
	}
	return infer.Unknown
}

var useText = map[infer.UseKind]string{
	infer.Compared: "it is compared with ", infer.Assigned: "it is assigned to ", infer.Counted: "LIMIT and OFFSET take ",
	infer.Calculated: "it is calculated with as ", infer.Joined: "it is used as ",
}

// bound maps Go types to the storage classes that their values are bound as. A time
// does not have one: it is bound as text that only equals the text of another time.
var bound = map[string]infer.Class{
	"float32": infer.Real, "float64": infer.Real, "bool": infer.Integer, "string": infer.Text,
	"[]byte": infer.Blob, "json.RawMessage": infer.Blob, "time.Time": infer.Unknown,
}

func init() {
	for t := range integers {
		bound[t] = infer.Integer
	}
}

// meets reports whether a value of class a can equal one of class b.
// Numbers of both kinds can.
func meets(a, b infer.Class) bool {
	const number = infer.Integer | infer.Real
	return a&b != 0 || a&number != 0 && b&number != 0
}

// untyped reports whether a column's own Go type is any.
func (c *checker) untyped(o infer.Origin) bool {
	if o.Column == nil {
		return false
	}
	field := c.modelField(o)
	return field != nil && parseGoType(field.Type).base == "any"
}

// numeric reports whether a Go type is a number.
func numeric(t goType) bool {
	return integers[t.base] || t.base == "float64" || t.base == "float32"
}

// modelField returns the field of a table's row type for a column.
func (c *checker) modelField(o infer.Origin) *sqlc.Field {
	model := c.models[o.Table]
	if model == nil {
		return nil
	}
	for i := range o.Table.Columns {
		if &o.Table.Columns[i] == o.Column {
			return &model.Fields[i]
		}
	}
	return nil
}

// argumentFix says how to give a parameter another type. A parameter that is
// written several times cannot have several types.
func (s *subject) argumentFix(p *query.Param, want string) string {
	if s.q.Generated { // nobody can rewrite it
		return "this query is generated. In sqlc.yaml, repeat an override by db_type with nullable: true, for parameters that may be left out,\n" +
			"give the type with column: in place of db_type:, or leave the query out with options.drey.crud.skip"
	}
	n := 0
	for _, other := range s.written.Params {
		if other.Key() == p.Key() && p.Key() != "" {
			n++
		}
	}
	switch {
	case n > 1:
		return fmt.Sprintf("use two parameters, or write CAST(%s AS %s) here", p.Text, want)
	case p.Kind == query.Slice:
		return fmt.Sprintf("compare with a column of the type, or write IN (SELECT value FROM json_each(CAST(@%s AS TEXT)))", p.Name)
	}
	return fmt.Sprintf("write CAST(%s AS %s)", p.Text, want)
}
