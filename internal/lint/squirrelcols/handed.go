package squirrelcols

import (
	"go/ast"
	"go/types"
	"slices"

	"github.com/dreysql/drey/internal/lint/fragment"
)

// handed is the fact that what other packages give to a function, or assign to a field,
// gets into a statement of squirrel.
type handed struct {
	Takings []fragment.Taking
}

func (*handed) AFact() {}

func (*handed) String() string { return "makes SQL of what it is given" }

// clauses are those that a fact can name.
var clauses = []clause{inResult, inWhere, inGroup, inHaving, inOrder, behind, inFrom}

// ownNames is the fact that a package with such functions defines these names itself, or
// a package does to which it hands names on.
type ownNames struct {
	Columns, Sources []string // case-folded
}

func (*ownNames) AFact() {}

func (*ownNames) String() string { return "defines names of its own" }

// hand notes what other packages hand in of a text.
func (c *checker) hand(t placed) {
	in := slices.Index(clauses, t.clause)
	if t.Path != "" {
		_, from := c.flow.Reaching(t.Expr, t.Path)
		for _, h := range from {
			c.handing.Add(h, t.Before, t.After, in)
		}
		return
	}
	for _, p := range fragment.Places(c.flow, t.Expr, t.opening()+t.Before, anySource) {
		c.handing.Add(p.Handed, t.Before+p.Before, p.After+t.After, in)
	}
}

// exportHanded says what other packages hand in.
func (c *checker) exportHanded() {
	if m := c.Module; len(c.handing) == 0 || m == nil || m.Path == "" || m.Version != "" {
		return
	}
	c.handing.Export(c.Pkg, func(obj types.Object, list []fragment.Taking) { c.ExportObjectFact(obj, &handed{list}) })
	var own ownNames
	for name := range c.names().columns {
		if !c.names().stored[name] {
			own.Columns = append(own.Columns, name)
		}
	}
	for name := range c.names().sources {
		if !c.tables.Has(name) {
			own.Sources = append(own.Sources, name)
		}
	}
	slices.Sort(own.Columns)
	slices.Sort(own.Sources)
	c.ExportPackageFact(&own)
}

// handsOn reports whether the package uses something of a package that makes SQL of what
// it is given.
func (c *checker) handsOn() bool {
	if c.foreignNames == nil {
		c.foreignNames = map[*types.Package]*ownNames{}
		for _, obj := range c.TypesInfo.Uses {
			if pkg := obj.Pkg(); pkg != nil && pkg != c.Pkg {
				if _, known := c.foreignNames[pkg]; !known {
					c.foreignNames[pkg] = nil
					if fact := new(ownNames); c.ImportPackageFact(pkg, fact) {
						c.foreignNames[pkg] = fact
					}
				}
			}
		}
	}
	for _, fact := range c.foreignNames {
		if fact != nil {
			return true
		}
	}
	return false
}

// handedAt lists the texts that a node gives to another package.
func (c *checker) handedAt(n ast.Node) (list []placed) {
	if !c.handsOn() {
		return nil
	}
	for _, g := range fragment.GivenAt(c.TypesInfo, n, c.takings) {
		list = append(list, placed{Given: g, clause: clauses[g.Clause], given: true})
	}
	return list
}

// takings are those of a function or a field of another package.
func (c *checker) takings(obj types.Object) []fragment.Taking {
	var fact handed
	if obj.Pkg() == nil || c.foreignNames[obj.Pkg()] == nil || !c.ImportObjectFact(obj, &fact) {
		return nil
	}
	return fact.Takings
}

// foreign adds the names that other packages define.
func (v *vocabulary) foreign(list map[*types.Package]*ownNames) {
	for _, d := range list {
		if d != nil {
			v.column(d.Columns...)
			for _, name := range d.Sources {
				v.source(name, "")
			}
		}
	}
}
