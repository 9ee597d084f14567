// Package fragment reads SQL of which only parts are constant. Where the place of the
// other parts is clear, it fills them with something that SQLite accepts there, so
// that the names in the constant parts can be checked.
package fragment

import (
	"cmp"
	"go/ast"
	"go/types"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/tools/go/types/typeutil"

	"github.com/dreysql/drey/internal/lint/dataflow"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// Text is SQL whose holes are filled.
type Text struct {
	SQL string
	// Open: a hole may have further sources, or results with names of their own.
	Open   bool
	pieces []piece
}

// Naming returns the constant that has a name in it, or nil.
func (t Text) Naming(name string) ast.Expr {
	for _, p := range t.pieces {
		for _, word := range sqltext.Significant(p.text) {
			if p.at != nil && word.Ident() && sqltext.EqualFold(word.Name(), name) {
				return p.at
			}
		}
	}
	return nil
}

// Constants lists the constants that the text is put together from.
func (t Text) Constants() (list []ast.Expr) {
	for _, p := range t.pieces {
		if p.at != nil {
			list = append(list, p.at)
		}
	}
	return list
}

// Read fills the holes of a text that is not constant. before is what stands before
// it in a statement, if it is not whole, and is not in the result. ok is false if no
// part is constant, or if the place of one is not clear.
func Read(flow *dataflow.Values, e ast.Expr, bound dataflow.Bound, before string) (t Text, ok bool) {
	r := reader{flow: flow, bound: bound}
	return filled(r.pieces(e, 0), before)
}

// most is the largest number of texts that one expression is read as.
const most = 64

// Alternatives reads a text as [Read] does, without what its function is called with,
// and again for each constant that a hole can have: see [dataflow.Values.Sources]. A
// hole that can be any table is filled with the name source. What qualifies a column in
// a hole is left out.
func Alternatives(flow *dataflow.Values, e ast.Expr, before, source string) (list []Text) {
	add := func(pieces []piece) {
		if t, ok := filledWith(pieces, before, source); ok && len(list) < most {
			list = append(list, t)
		}
	}
	each(flow, e, func(pieces []piece) { add(pieces) }, func(pieces []piece, i int) {
		for _, c := range pieces[i].sources {
			add(slices.Replace(slices.Clone(pieces), i, i+1, piece{text: c.Text, at: c.At}))
		}
	})
	return list
}

// Whole lists the constants that a path from an expression leads to, each as a text.
func Whole(flow *dataflow.Values, e ast.Expr, path string) (list []Text) {
	constants, _ := flow.Reaching(e, path)
	for _, c := range constants {
		list = append(list, Text{SQL: c.Text, pieces: []piece{{text: c.Text, at: c.At}}})
	}
	return list
}

// Place is where other packages hand a part of a text in, with the text around it.
type Place struct {
	dataflow.Handed
	Before, After string
}

// Places lists the places of a text that is read as by [Alternatives].
func Places(flow *dataflow.Values, e ast.Expr, before, source string) (list []Place) {
	each(flow, e, func([]piece) {}, func(pieces []piece, i int) {
		t, ok := filledWith(slices.Replace(slices.Clone(pieces), i, i+1, piece{text: place}), before, source)
		start, end, found := strings.Cut(t.SQL, place)
		for _, h := range pieces[i].handed {
			if p := (Place{h, start, end}); ok && found && len(list) < most && !slices.Contains(list, p) {
				list = append(list, p)
			}
		}
	})
	return list
}

// place is a name that stands for what is handed in.
const place = "drey_handed_in"

// each calls text for each way in which a text is put together, and hole for each of its
// holes that does not stand in the middle of a name.
func each(flow *dataflow.Values, e ast.Expr, text func([]piece), hole func(pieces []piece, i int)) {
	r := reader{flow: flow, sources: true}
	for _, e := range r.expressions(e, 0) {
		pieces := r.pieces(e, 0)
		text(pieces)
		for i := range pieces {
			if i > 0 && glued(pieces[:i]) || i+1 < len(pieces) && wordStart.MatchString(pieces[i+1].text) {
				continue // a part of a name: not every one may belong to the other part
			}
			hole(pieces, i)
		}
	}
}

// expressions lists those that a local variable is assigned, or a function of the
// package returns.
func (r *reader) expressions(e ast.Expr, depth int) (list []ast.Expr) {
	if depth > 3 {
		return []ast.Expr{e}
	}
	switch x := ast.Unparen(e).(type) {
	case *ast.Ident:
		obj := r.flow.Object(x)
		assigned := r.flow.Assignments(obj)
		if fn, i := r.flow.Parameter(x); fn != nil && !fn.Signature().Variadic() {
			for _, call := range r.flow.Calls(fn) {
				if i < len(call.Args) {
					list = append(list, r.expressions(call.Args[i], depth+1)...)
				}
			}
			break
		}
		if !dataflow.Local(obj) || len(assigned) < 2 || slices.ContainsFunc(assigned, func(a dataflow.Assignment) bool { return a.Append }) {
			break
		}
		for _, a := range assigned {
			if a.Expr != nil && !a.Each && a.Result == 0 {
				list = append(list, r.expressions(a.Expr, depth+1)...)
			}
		}
	case *ast.CallExpr:
		if fn, ok := typeutil.Callee(r.flow.Info, x).(*types.Func); ok && fn.Signature().Results().Len() == 1 {
			if decl := r.flow.Body(fn.Origin()); decl != nil && decl.Body != nil {
				for _, result := range dataflow.Returned(decl.Body) {
					list = append(list, r.expressions(result, depth+1)...)
				}
			}
		}
	}
	return append(list, e)
}

// glued reports whether a name goes on after some pieces. What qualifies it in a hole is
// left out.
func glued(list []piece) bool {
	last := list[len(list)-1]
	if last.text == "." && len(list) > 1 && list[len(list)-2].hole {
		return len(list) > 2 && word.MatchString(list[len(list)-3].text)
	}
	return word.MatchString(last.text)
}

// piece is a part of a text: a constant, or a hole that the program fills.
type piece struct {
	text    string
	hole    bool
	at      ast.Expr // nil for what does not stand in the code
	sources []dataflow.Constant
	handed  []dataflow.Handed
}

type reader struct {
	flow    *dataflow.Values
	bound   dataflow.Bound
	sources bool // those of a hole are asked for
}

// hole returns what is not constant.
func (r *reader) hole(e ast.Expr) []piece {
	p := piece{hole: true}
	if r.sources && e != nil {
		p.sources, p.handed = r.flow.Reaching(e, "")
	}
	return []piece{p}
}

// pieces takes a text apart. What is not constant is a hole.
func (r *reader) pieces(e ast.Expr, depth int) []piece {
	e = ast.Unparen(e)
	if list, ok := r.flow.Constants(e, r.bound); ok && len(list) == 1 {
		return []piece{{text: list[0].Text, at: list[0].At}}
	}
	if depth > 8 {
		return r.hole(nil)
	}
	switch x := e.(type) {
	case *ast.BinaryExpr:
		return append(r.pieces(x.X, depth+1), r.pieces(x.Y, depth+1)...)
	case *ast.CallExpr:
		fn, _ := typeutil.Callee(r.flow.Info, x).(*types.Func)
		if sel, ok := ast.Unparen(x.Fun).(*ast.SelectorExpr); ok && fn != nil && fn.Name() == "String" {
			if list := r.built(r.flow.Object(sel.X), depth+1); list != nil {
				return list
			}
		}
		if fn == nil || len(x.Args) == 0 {
			break
		}
		switch fn.FullName() {
		case "fmt.Sprintf":
			if format, ok := r.constant(x.Args[0]); ok && !x.Ellipsis.IsValid() {
				return r.formatted(x.Args[0], format, x.Args[1:], depth+1)
			}
		case "strings.TrimSpace":
			return r.pieces(x.Args[0], depth+1)
		case "strings.Replace", "strings.ReplaceAll":
			if old, ok := r.constant(x.Args[1]); ok && old != "" {
				return replaced(r.pieces(x.Args[0], depth+1), old, r.pieces(x.Args[2], depth+1))
			}
		}
	case *ast.Ident:
		if list := r.variable(r.flow.Object(x), depth+1); list != nil {
			return list
		}
	}
	return r.hole(e)
}

// replaced puts pieces in the place of a text.
func replaced(list []piece, old string, by []piece) (out []piece) {
	for _, p := range list {
		rest := p.text
		for !p.hole {
			before, after, found := strings.Cut(rest, old)
			if !found {
				break
			}
			out = append(append(out, piece{text: before, at: p.at}), by...)
			rest = after
		}
		p.text = rest
		out = append(out, p)
	}
	return out
}

// variable puts together what a local variable begins with and what is appended to
// it, in the order of the code: as if every branch were taken. It returns nil if that
// is not clear.
func (r *reader) variable(obj types.Object, depth int) (list []piece) {
	if !dataflow.Local(obj) {
		return nil
	}
	assigned := slices.Clone(r.flow.Assignments(obj))
	slices.SortStableFunc(assigned, func(a, b dataflow.Assignment) int { return cmp.Compare(a.Pos, b.Pos) })
	for i, a := range assigned {
		if a.Zero && i == 0 {
			continue
		}
		if a.Expr == nil || a.Each || a.Element || a.Result > 0 || a.Append != (i > 0) {
			return nil
		}
		list = append(list, r.pieces(a.Expr, depth)...)
	}
	return list
}

func (r *reader) constant(e ast.Expr) (string, bool) {
	list, ok := r.flow.Constants(e, r.bound)
	if !ok || len(list) != 1 {
		return "", false
	}
	return list[0].Text, true
}

var verb = regexp.MustCompile(`%[-+# 0-9.]*(?:\[(\d+)\])?[a-zA-Z%]`)

// formatted takes a format apart.
func (r *reader) formatted(in ast.Expr, format string, args []ast.Expr, depth int) (list []piece) {
	at := 0
	all := args
	for _, m := range verb.FindAllStringSubmatchIndex(format, -1) {
		list = append(list, piece{text: format[at:m[0]], at: in})
		at = m[1]
		if m[2] >= 0 { // as in %[1]s
			if n, err := strconv.Atoi(format[m[2]:m[3]]); err == nil && 0 < n && n <= len(all) {
				args = all[n-1:]
			} else {
				args = nil
			}
		}
		switch v := format[m[1]-1]; {
		case v == '%':
			list = append(list, piece{text: "%"})
			continue
		case len(args) == 0:
			return r.hole(nil)
		case v == 's' || v == 'v':
			if b, ok := r.flow.Info.TypeOf(args[0]).Underlying().(*types.Basic); ok && b.Info()&types.IsNumeric != 0 {
				list = append(list, piece{text: "1"})
			} else {
				list = append(list, r.pieces(args[0], depth)...)
			}
		case strings.IndexByte("dfgexX", v) >= 0:
			list = append(list, piece{text: "1"})
		default:
			list = append(list, piece{hole: true})
		}
		args = args[1:]
	}
	return append(list, piece{text: format[at:], at: in})
}

// filled fills the holes between the pieces of a text.
func filled(list []piece, before string) (t Text, ok bool) { return filledWith(list, before, "") }

// filledWith is filled with a table for where one has to stand, see [Alternatives].
func filledWith(list []piece, before, source string) (t Text, ok bool) {
	list = slices.Clone(list)
	var b strings.Builder
	b.WriteString(before)
	t.pieces = list
	for i, p := range list {
		if !p.hole {
			ok = ok || strings.TrimSpace(p.text) != ""
			b.WriteString(p.text)
			continue
		}
		next := ""
		if i+1 < len(list) {
			next = list[i+1].text
		}
		if source != "" && !word.MatchString(b.String()) {
			if strings.HasPrefix(next, ".") {
				list[i+1].text = next[1:]
				continue
			}
			if table(b.String()) && !wordStart.MatchString(next) {
				b.WriteString(source)
				continue
			}
		}
		text, open, clear := fill(b.String(), next)
		if !clear {
			return Text{}, false
		}
		t.Open = t.Open || open
		b.WriteString(text)
	}
	t.SQL = b.String()[len(before):]
	return t, ok
}

// word matches a text that ends in a part of a name, and wordStart one that begins so.
var (
	word      = regexp.MustCompile("[\\w.\"`\\]]$")
	wordStart = regexp.MustCompile("^[\\w.\"`\\[]")
)

// fill returns what can stand in a hole between two texts. open is true if the hole
// may have sources or results, and clear is false if it may be a name or a part of one.
func fill(before, after string) (text string, open, clear bool) {
	if inString(before) {
		return "x", false, true
	}
	if word.MatchString(before) || wordStart.MatchString(after) {
		return "", false, false
	}
	tokens := sqltext.Significant(before)
	if len(tokens) == 0 {
		return "", false, false
	}
	last := tokens[len(tokens)-1]
	is := func(words ...string) bool { return slices.ContainsFunc(words, last.Is) }
	clause := clauseOf(tokens)
	switch {
	case is("FROM", "JOIN", "INTO", "UPDATE", "TABLE", "AS", "SET", ".", "WITH"):
		return "", false, false
	case clause == "INTO" || is(",") && (clause == "FROM" || clause == "SET"):
		return "", false, false
	case is("IN"):
		if n := row(tokens); n > 1 {
			return "(SELECT " + nulls(n) + ")", false, true
		}
		return "(NULL)", false, true
	case is("(") && len(tokens) > 1 && tokens[len(tokens)-2].Is("IN") && row(tokens[:len(tokens)-1]) > 1:
		return "SELECT " + nulls(row(tokens[:len(tokens)-1])), false, true
	case is("SELECT", "DISTINCT") || is(",") && clause == "SELECT":
		return "NULL", true, true
	case is("WHERE", "AND", "OR", "NOT", "HAVING", "ON", "BY"):
		return "1", false, true
	case is("=", "==", "<", ">", "<=", ">=", "<>", "!=", "LIKE", "GLOB", "IS", "BETWEEN", "LIMIT", "OFFSET", "THEN", "ELSE", "WHEN",
		"+", "-", "*", "/", "||", "(", ",", "VALUES"):
		if is("VALUES") {
			return "(NULL)", false, true
		}
		return "NULL", false, true
	}
	return "", clause == "FROM" || clause == "SELECT", true
}

// row counts the columns of the row value before an IN that ends some tokens, 1 if it is
// a plain value.
func row(tokens []sqltext.Token) int {
	columns, depth := 1, 0
	for i, t := range slices.Backward(tokens) {
		switch {
		case t.Is("IN"), t.Is("NOT") && depth == 0:
			continue
		case t.Is(")"):
			depth++
		case t.Is("("):
			depth--
		case t.Is(",") && depth == 1:
			columns++
		}
		if depth == 0 {
			if i > 0 && tokens[i-1].Ident() && !slices.ContainsFunc([]string{"WHERE", "AND", "OR", "NOT", "ON", "HAVING", "WHEN"}, tokens[i-1].Is) {
				return 1 // the arguments of a function
			}
			return columns
		}
	}
	return 1
}

// nulls are the values of a row.
func nulls(columns int) string { return strings.Repeat("NULL, ", columns-1) + "NULL" }

// table reports whether a table has to stand after a text.
func table(before string) bool {
	tokens := sqltext.Significant(before)
	if len(tokens) == 0 {
		return false
	}
	last := tokens[len(tokens)-1]
	return last.Is("FROM") || last.Is("JOIN") || last.Is(",") && clauseOf(tokens) == "FROM"
}

// inString reports whether a text ends inside a string.
func inString(text string) bool {
	var last sqltext.Token
	for _, t := range sqltext.Tokens(text) {
		last = t
	}
	return strings.HasPrefix(last.Text, "'") && (len(last.Text) == 1 || strings.Count(last.Text, "'")%2 == 1)
}

// clauseOf returns the word that begins the clause at the end of some tokens, in the
// innermost parentheses that are open: SELECT, FROM, INTO, SET or another one.
func clauseOf(tokens []sqltext.Token) string {
	var stack []string
	now := ""
	for i, t := range tokens {
		switch {
		case t.Is("("):
			stack = append(stack, now)
			if now != "INTO" || i > 1 && !tokens[i-2].Is("INTO") {
				now = ""
			}
		case t.Is(")"):
			if len(stack) > 0 {
				now, stack = stack[len(stack)-1], stack[:len(stack)-1]
			}
		case t.Is("JOIN"), t.Is("ON"), t.Is("USING"):
			now = "FROM"
		default:
			for _, w := range []string{"SELECT", "FROM", "INTO", "VALUES", "SET", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "RETURNING"} {
				if t.Is(w) {
					now = w
				}
			}
		}
	}
	return now
}
