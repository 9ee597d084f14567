package check

import (
	"strings"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/alter"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

// index finds the objects of a schema. It is changed with the schema.
type index struct {
	reader     *alter.Reader
	named      map[string]objects // by folded names
	on         map[string]objects // by the table that they are on; a table is on itself
	mentioning map[string]objects // by the names in their statements
}

type objects map[alter.Object]bool

func newIndex(r *alter.Reader) *index {
	return &index{r, map[string]objects{}, map[string]objects{}, map[string]objects{}}
}

// change takes objects out and puts others in.
func (x *index) change(gone, come []alter.Object) {
	each := func(o alter.Object, f func(in map[string]objects, name string)) {
		f(x.named, sqltext.Fold(o.Name))
		f(x.on, sqltext.Fold(o.Table))
		for name := range x.reader.Mentions(o.SQL) {
			f(x.mentioning, name)
		}
	}
	for _, o := range gone {
		each(o, func(in map[string]objects, name string) { delete(in[name], o) })
	}
	for _, o := range come {
		each(o, func(in map[string]objects, name string) {
			if in[name] == nil {
				in[name] = objects{}
			}
			in[name][o] = true
		})
	}
}

func (x *index) exists(name string) bool { return len(x.named[name]) > 0 }

// reach is what statements can change of a schema, and what they need for it.
type reach struct {
	// changed are the tables and views that may change, by folded names: those that a
	// statement writes, alters or drops, what is on them, and for some of these those
	// that refer to them, through others too.
	changed map[string]change
	// objects are those without which the statements would do something else. all says
	// that they are all of the schema.
	objects objects
	all     bool
}

// change says how a table may change.
type change struct {
	direct  bool // not only by a trigger
	parents bool // so that the rows and tables change that refer to it
}

// reacher finds what statements reach.
type reacher struct {
	*reach
	*index
	todo []string // changed, and what depends on them is not looked for yet
	need []alter.Object
}

// reaches finds what statements reach in the schema of the index.
func (x *index) reaches(list []part) *reach {
	r := &reacher{reach: &reach{changed: map[string]change{}, objects: objects{}}, index: x}
	for _, p := range list {
		r.statement(p)
	}
	for len(r.todo) > 0 {
		name := r.todo[len(r.todo)-1]
		r.todo = r.todo[:len(r.todo)-1]
		r.dependents(name, r.changed[name])
	}
	for len(r.need) > 0 {
		o := r.need[len(r.need)-1]
		r.need = r.need[:len(r.need)-1]
		r.support(o)
	}
	return r.reach
}

// mayChange notes that a table may change.
func (r *reacher) mayChange(name string, c change) {
	name = sqltext.Fold(name)
	was, is := r.changed[name]
	if all := (change{was.direct || c.direct, was.parents || c.parents}); !is || all != was {
		r.changed[name] = all
		r.todo = append(r.todo, name)
	}
}

func (r *reacher) include(o alter.Object) {
	if !r.objects[o] {
		r.objects[o] = true
		r.need = append(r.need, o)
	}
}

// statement notes what one statement changes and names.
func (r *reacher) statement(p part) {
	for _, t := range p.tokens {
		if t.Ident() || t.Kind == sqltext.String {
			for o := range r.named[sqltext.Fold(t.Name())] {
				r.include(o)
			}
		}
		r.all = r.all || everywhere(t)
	}
	if _, created := syntax.Created(p.tree); created != nil {
		r.mayChange(created.Name.Name, change{direct: true})
		_, virtual := p.tree.(*ast.CreateVirtualTableStmt)
		r.all = r.all || virtual
		return
	}
	switch s := p.tree.(type) {
	case *ast.AlterTableStmt:
		r.mayChange(s.Table.Name.Name, change{true, s.Action == ast.AlterRenameTable || s.Action == ast.AlterRenameColumn})
		if s.Action == ast.AlterRenameTable {
			r.mayChange(s.NewName.Name, change{true, true})
		}
	case *ast.InsertStmt:
		r.mayChange(s.Table.Name.Name, change{true, s.Replace || s.OrConflict != ast.ConflictDefault || len(s.Upserts) > 0})
	case *ast.UpdateStmt, *ast.DeleteStmt:
		r.mayChange(syntax.Target(p.tree).Name.Name, change{true, true})
	case nil: // nobody knows what it does
		for _, t := range p.tokens {
			if t.Ident() && r.exists(sqltext.Fold(t.Name())) {
				r.mayChange(t.Name(), change{true, true})
			}
		}
	default:
		if _, dropped := syntax.Dropped(p.tree); dropped != nil {
			r.mayChange(dropped.Name.Name, change{true, true})
		}
	}
}

// everywhere reports whether a word stands for the whole database.
func everywhere(t sqltext.Token) bool {
	if !t.Ident() {
		return false
	}
	switch name := sqltext.Fold(t.Name()); name {
	case "sqlite_sequence", "pragma_foreign_key_check":
		return false
	case "attach", "vacuum", "writable_schema", "reindex", "analyze":
		return true
	default:
		return len(name) > 7 && (name[:7] == "sqlite_" || name[:7] == "pragma_")
	}
}

// dependents adds what changes with a table, or is changed by its triggers.
func (r *reacher) dependents(name string, c change) {
	for o := range r.on[name] {
		r.include(o)
		if o.Kind != "trigger" {
			continue
		}
		for other := range r.reader.Mentions(o.SQL) {
			if other != name && r.exists(other) {
				r.mayChange(other, change{parents: true})
			}
		}
	}
	for o := range r.mentioning[name] {
		switch {
		case o.Kind == "view":
			r.include(o)
			r.mayChange(o.Name, change{direct: c.direct})
		case o.Kind == "trigger":
			r.include(o)
		case o.Kind == "table" && c.parents && sqltext.Fold(o.Name) != name:
			r.include(o)
			r.mayChange(o.Name, c)
		}
	}
}

// uniqueIndex is how SQLite begins the statement of a unique index, however it was
// written.
const uniqueIndex = "CREATE UNIQUE"

// support adds what an object refers to, and the unique indexes of its table: they may
// be the key that a foreign key needs.
func (r *reacher) support(o alter.Object) {
	for other := range r.on[sqltext.Fold(o.Table)] {
		if other.Kind != "trigger" && (other.Kind != "index" || strings.HasPrefix(other.SQL, uniqueIndex)) {
			r.include(other)
		}
	}
	for name := range r.reader.Mentions(o.SQL) {
		for other := range r.named[name] {
			if other.Kind != "trigger" {
				r.include(other)
			}
		}
	}
}
