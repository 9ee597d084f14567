package sqlc

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"slices"
	"strings"
)

// Completions are what drey knows about a package and sqlc does not.
type Completions struct {
	Methods map[string]*Completion       // by the method's name
	Models  map[string]map[string]string // Go types, by struct of models.go and field
	Places  map[string][]Place           // for predicates of callers, by the method's name; the Go does not change
}

// Place is a TRUE in a query's SQL whose place predicates of callers take.
type Place struct {
	Start int    // byte offset in [Method.SQL], after its first line
	Table string // that they are on, as in the schema
	Name  string // what the query calls it
}

// Completion is what has to change in a method.
type Completion struct {
	Results map[int]Result // by place in Scan
	Args    map[int]string // by place in Args: the function of the package that each is bound through
	Err     string         // the function of the package that the error goes through
}

// Result is what has to change for a result column. Empty fields stay unchanged.
type Result struct {
	Type string            // the Go type of its field, or of the scalar that the method returns
	Via  string            // the function of the package that the destination is scanned through
	Name string            // the name of its field
	Tags map[string]string // the field's tags by key; a key that the field lacks is not added
}

// Method returns the completion of a method. It makes one if there is none yet.
func (c *Completions) Method(name string) *Completion {
	if c.Methods == nil {
		c.Methods = map[string]*Completion{}
	}
	if c.Methods[name] == nil {
		c.Methods[name] = &Completion{Results: map[int]Result{}, Args: map[int]string{}}
	}
	return c.Methods[name]
}

// Model gives a field of a model another type.
func (c *Completions) Model(model, field, goType string) {
	if c.Models == nil {
		c.Models = map[string]map[string]string{}
	}
	if c.Models[model] == nil {
		c.Models[model] = map[string]string{}
	}
	c.Models[model][field] = goType
}

// Place adds the places of a method.
func (c *Completions) Place(name string, places []Place) {
	if c.Places == nil {
		c.Places = map[string][]Place{}
	}
	c.Places[name] = places
}

// Complete writes what drey knows into the Go that sqlc wrote: the types of
// results, and the functions that arguments and results go through. It returns the
// changed package. A file that it changes says so in its first comment; all other
// files stay as sqlc wrote them.
//
// A method gets a row type of its own if its row is a model and a column has to
// differ from the model's: see [Package.OwnRow].
func (p *Package) Complete(c Completions) (*Package, error) {
	if len(c.Methods)+len(c.Models) == 0 {
		return p, nil
	}
	names := map[string]bool{}
	for name := range c.Models {
		names[name] = true
	}
	for name := range c.Methods {
		names[name] = true
		if m := p.Method(name); m != nil && m.RowType != nil {
			names[m.RowType.Name] = true
		}
	}
	e, err := newEditor(p, names)
	if err != nil {
		return nil, fmt.Errorf("complete sqlc's output: %w", err)
	}
	for _, name := range slices.Sorted(maps.Keys(c.Models)) {
		e.model(name, c.Models[name])
	}
	for _, m := range p.Queries {
		if completion := c.Methods[m.Name]; completion != nil {
			if err := e.method(m, completion, c.Models); err != nil {
				return nil, fmt.Errorf("complete sqlc's output: method %s: %w", m.Name, err)
			}
		}
	}
	files, err := e.apply()
	if err != nil {
		return nil, fmt.Errorf("complete sqlc's output: %w", err)
	}
	return p.Reread(files)
}

// OwnRow returns the name for a row type of the method's own, and whether that name
// is free.
func (p *Package) OwnRow(m *Method) (name string, free bool) {
	name = m.Name + "Row"
	_, taken := p.Idents[name]
	return name, !taken
}

// IsModel reports whether the method returns rows of a struct of models.go.
func (p *Package) IsModel(m *Method) bool {
	return m.RowType != nil && slices.ContainsFunc(p.Models, func(s *Struct) bool { return s.Name == m.RowType.Name })
}

// editor changes the files of a package.
type editor struct {
	*reader
	files   map[string]*editedFile
	structs map[string]structDecl
	queries map[string]queryDecl // by name of the method
}

type structDecl struct {
	file *editedFile
	*ast.StructType
}

// queryDecl is where a method stands.
type queryDecl struct {
	file       *editedFile
	decl       *ast.FuncDecl
	interfaces []interfaceMethod
}

// interfaceMethod is the method in sqlc's interface Querier.
type interfaceMethod struct {
	file *editedFile
	typ  *ast.FuncType
}

// newEditor returns an editor of methods and types, and of what is in a file with them.
func newEditor(p *Package, names map[string]bool) (*editor, error) {
	e := &editor{
		reader:  &reader{fset: token.NewFileSet(), pkg: p},
		files:   map[string]*editedFile{},
		structs: map[string]structDecl{},
		queries: map[string]queryDecl{},
	}
	named := map[string]bool{}
	for _, m := range p.Queries {
		named[m.Name] = true
	}
	all := newFiles(p.Files, p.known)
	for _, name := range all.names() {
		declared, _, err := all.declared(name)
		if err != nil {
			return nil, err
		}
		if !declared.any(names) {
			continue
		}
		tree, err := parser.ParseFile(e.fset, name, p.Files[name], parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		f := &editedFile{fset: e.fset, src: p.Files[name], tree: tree}
		e.files[name] = f
		for _, d := range tree.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv != nil && receiver(d) == "Queries" && named[d.Name.Name] {
					q := e.queries[d.Name.Name]
					q.file, q.decl = f, d
					e.queries[d.Name.Name] = q
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					if t, ok := spec.(*ast.TypeSpec); ok {
						e.typeSpec(f, t)
					}
				}
			}
		}
	}
	return e, nil
}

func (e *editor) typeSpec(f *editedFile, t *ast.TypeSpec) {
	switch typ := t.Type.(type) {
	case *ast.StructType:
		e.structs[t.Name.Name] = structDecl{f, typ}
	case *ast.InterfaceType:
		if t.Name.Name != "Querier" {
			return
		}
		for _, m := range typ.Methods.List {
			if fn, ok := m.Type.(*ast.FuncType); ok && len(m.Names) == 1 {
				q := e.queries[m.Names[0].Name]
				q.interfaces = append(q.interfaces, interfaceMethod{f, fn})
				e.queries[m.Names[0].Name] = q
			}
		}
	}
}

// model changes the types of a model's fields.
func (e *editor) model(name string, types map[string]string) {
	s := e.structs[name]
	for _, f := range s.fields() {
		if to := types[f.Names[0].Name]; to != "" && to != e.text(f.Type) {
			s.file.note("%s.%s is %s, not %s", name, f.Names[0].Name, to, e.text(f.Type))
			s.file.replace(f.Type, to)
		}
	}
}

func (s structDecl) fields() []*ast.Field {
	if s.StructType == nil {
		return nil
	}
	return s.Fields.List
}

// method changes a method, its row type and its place in the interface.
func (e *editor) method(m *Method, c *Completion, models map[string]map[string]string) error {
	q := e.queries[m.Name]
	if q.decl == nil {
		return fmt.Errorf("it is not to be found")
	}
	b := &body{reader: e.reader, Method: m}
	bindings, err := b.bindings(q.decl.Body.List)
	if err != nil {
		return err
	}
	for i, bound := range bindings {
		if f := c.Args[i]; f != "" && m.Args[i].Via == "" {
			q.file.note("%s: %s is bound through %s", m.Name, m.Args[i].Name, f)
			q.file.wrap(bound.value, f)
		}
	}
	if c.Err != "" {
		q.file.note("%s: its error goes through %s", m.Name, c.Err)
		ast.Inspect(q.decl.Body, func(n ast.Node) bool {
			if r, ok := n.(*ast.ReturnStmt); ok && len(r.Results) > 0 && isIdent(r.Results[len(r.Results)-1], "err") {
				q.file.wrap(r.Results[len(r.Results)-1], c.Err)
			}
			return true
		})
	}
	to := destinations(q.decl.Body)
	for i, x := range to {
		if f := c.Results[i].Via; f != "" && m.Scan[i].Via == "" {
			q.file.note("%s: %s is scanned through %s", m.Name, label(m.Scan[i]), f)
			q.file.wrap(x, f)
		}
	}
	if m.RowType == nil {
		if r := c.Results[0]; r.Type != "" && r.Type != m.Row {
			q.file.note("%s returns %s, not %s", m.Name, r.Type, m.Row)
			q.retype(b, m.Row, r.Type)
		}
		return nil
	}
	changed := map[string]Result{} // by field
	model := e.pkg.IsModel(m)
	for i, f := range m.Scan {
		r, ok := c.Results[i]
		now := f.Type
		if t := models[m.Row][f.Name]; model && t != "" {
			now = t
		}
		if r.Type == now {
			r.Type = ""
		}
		if ok && (r.Type != "" || r.Name != "") {
			if strings.Contains(f.Name, ".") {
				return fmt.Errorf("%s is a field of an embedded model", f.Name)
			}
			changed[f.Name] = r
			if r.Name != "" {
				q.file.note("%s: %s is the field %s", m.Name, f.Name, r.Name)
			}
			if r.Type != "" {
				q.file.note("%s: %s is %s, not %s", m.Name, label(f), r.Type, f.Type)
			}
		}
	}
	if len(changed) == 0 {
		return nil
	}
	for i, f := range m.Scan {
		if name := changed[f.Name].Name; name != "" {
			x, _ := through(to[i])
			if sel, ok := x.(*ast.UnaryExpr).X.(*ast.SelectorExpr); ok {
				q.file.replace(sel.Sel, name)
			}
		}
	}
	s := e.structs[m.Row]
	if !model {
		for _, f := range s.fields() {
			e.field(s.file, f, changed[f.Names[0].Name])
		}
		return nil
	}
	own, free := e.pkg.OwnRow(m)
	if !free {
		return fmt.Errorf("the name %s is taken", own)
	}
	at := q.decl.Pos()
	if q.decl.Doc != nil {
		at = q.decl.Doc.Pos()
	}
	q.file.insert(at, e.ownRow(own, s, changed, models[m.Row]))
	q.retype(b, m.Row, own)
	return nil
}

func label(f Field) string {
	if f.Name == "" {
		return "the result"
	}
	return f.Name
}

// field changes a field of a row type.
func (e *editor) field(file *editedFile, f *ast.Field, r Result) {
	if r.Type != "" {
		file.replace(f.Type, r.Type)
	}
	if r.Name != "" {
		file.replace(f.Names[0], r.Name)
		if f.Tag != nil {
			file.replace(f.Tag, retag(f.Tag.Value, r.Tags))
		}
	}
}

// ownRow returns the declaration of a row type with the fields of a model.
func (e *editor) ownRow(name string, model structDecl, changed map[string]Result, types map[string]string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "type %s struct {\n", name)
	for _, f := range model.fields() {
		r := changed[f.Names[0].Name]
		field, typ, tag := f.Names[0].Name, e.text(f.Type), ""
		if t := types[field]; t != "" {
			typ = t
		}
		if r.Type != "" {
			typ = r.Type
		}
		if f.Tag != nil {
			tag = retag(f.Tag.Value, r.Tags)
		}
		if r.Name != "" {
			field = r.Name
		}
		fmt.Fprintf(&b, "\t%s %s %s\n", field, typ, tag)
	}
	b.WriteString("}\n\n")
	return b.String()
}

// retype gives the method's rows another type: in its signature, in the interface's
// signature, and where its body declares them.
func (q queryDecl) retype(b *body, from, to string) {
	q.file.retype(b, q.decl.Type.Results.List[0].Type, from, to)
	for _, m := range q.interfaces {
		m.file.note("%s returns %s, not %s", b.Name, to, from)
		m.file.retype(b, m.typ.Results.List[0].Type, from, to)
	}
	rows := map[string]bool{"items": b.Cmd == ":many"}
	for _, x := range destinations(q.decl.Body) {
		ast.Inspect(x, func(n ast.Node) bool {
			if ref, ok := n.(*ast.UnaryExpr); ok {
				rows[root(ref.X)] = true
				return false
			}
			return true
		})
	}
	ast.Inspect(q.decl.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ValueSpec:
			if rows[n.Names[0].Name] {
				q.file.retype(b, n.Type, from, to)
			}
		case *ast.AssignStmt:
			if id, ok := n.Lhs[0].(*ast.Ident); ok && rows[id.Name] && n.Tok == token.DEFINE {
				if lit, ok := n.Rhs[0].(*ast.CompositeLit); ok {
					q.file.retype(b, lit.Type, from, to)
				}
			}
		}
		return true
	})
}

// root returns the variable of a selection.
func root(x ast.Expr) string {
	switch x := x.(type) {
	case *ast.Ident:
		return x.Name
	case *ast.SelectorExpr:
		return root(x.X)
	}
	return ""
}
