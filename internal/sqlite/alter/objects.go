package alter

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

func dropStatement(o *Object) string {
	return "DROP " + strings.ToUpper(o.Kind) + " " + sqltext.Quote(o.Name)
}

// changing returns the names of all tables that change.
func (p *planner) changing() map[string]bool {
	names := map[string]bool{}
	for _, o := range p.from.Objects {
		if o.Kind != "table" {
			continue
		}
		w := p.to.Object("table", o.Name)
		if w == nil || !same(p.from, p.to, &o, w) {
			names[sqltext.Fold(o.Name)] = true
		}
	}
	return names
}

// dropViews drops the views and triggers that are in the way or are not wanted.
func (p *planner) dropViews() error {
	gone := map[string]bool{}
	if p.dependents {
		gone = p.changing()
	}
	drop := map[string]bool{}
	mentions := func(o *Object) bool {
		found := false
		if stmt, err := syntax.Parse(o.SQL); err == nil {
			syntax.Objects(stmt, func(name *ast.QualifiedName) { found = found || gone[sqltext.Fold(name.Name.Name)] })
		}
		return found
	}
	for again := true; again; {
		again = false
		for i := range p.from.Objects {
			o := &p.from.Objects[i]
			if o.Kind != "view" && o.Kind != "trigger" || drop[o.Kind+o.Name] {
				continue
			}
			w := p.to.Object(o.Kind, o.Name)
			if w != nil && same(p.from, p.to, o, w) && !mentions(o) {
				continue
			}
			drop[o.Kind+o.Name], again = true, true
			if o.Kind == "view" {
				gone[sqltext.Fold(o.Name)] = true
			}
		}
	}
	for _, kind := range []string{"trigger", "view"} {
		for i := range p.from.Objects {
			if o := &p.from.Objects[i]; o.Kind == kind && drop[o.Kind+o.Name] {
				if err := p.exec(dropStatement(o)); err != nil {
					return err
				}
			}
		}
	}
	return p.read()
}

// objects makes indexes, views and triggers what they should be.
func (p *planner) objects() error {
	for _, kind := range []string{"trigger", "view", "index"} {
		for i := range p.now.Objects {
			o := &p.now.Objects[i]
			w := p.to.Object(kind, o.Name)
			if o.Kind != kind || w != nil && same(p.now, p.to, o, w) {
				continue
			}
			if err := p.exec(dropStatement(o)); err != nil {
				return err
			}
		}
		if err := p.read(); err != nil {
			return err
		}
	}
	for _, w := range p.to.Objects {
		if w.Kind != "table" && p.now.Object(w.Kind, w.Name) == nil {
			if err := p.exec(w.SQL); err != nil {
				return err
			}
		}
	}
	return p.read()
}
