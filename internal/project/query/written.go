package query

import (
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// ParamKind tells how a parameter is written.
type ParamKind uint8

// The kinds of parameter.
const (
	Bare     ParamKind = iota // ?
	Numbered                  // ?1
	Named                     // @x, :x, $x, sqlc.arg(x), sqlc.narg(x)
	Slice                     // sqlc.slice(x)
)

// Param is one occurrence of a parameter in a query as its author wrote it.
type Param struct {
	Kind       ParamKind
	Name       string // of a named one or a slice; the number of a numbered one
	Nullable   bool   // sqlc.narg
	Text       string // as written
	Start, End int    // byte offsets in the text
}

// Key is equal for occurrences of the same parameter. A bare one is always a
// parameter of its own.
func (p *Param) Key() string {
	switch p.Kind {
	case Named, Slice:
		return p.Name
	case Numbered:
		return "?" + p.Name
	}
	return ""
}

// Item is a token of a query, or the tokens of a parameter or of a sqlc.embed.
type Item struct {
	Text  string
	Token sqltext.Token // of an item that is one token
	Start int
	End   int
	Param *Param
	Embed string // the table of a sqlc.embed
}

// Written is a query as its author wrote it.
type Written struct {
	Text   string
	Items  []Item
	Params []*Param // in the order of the text
	Places []Place  // for predicates of callers, in the order of the text
}

// Read cuts the text of a query into items.
func Read(text string) *Written {
	w := &Written{Text: text, Places: places(sqltext.Tokens(text), func(int, string, string, ...any) {})}
	tokens := sqltext.Significant(text)
	for len(tokens) > 0 {
		it, n := nextItem(text, tokens)
		w.Items = append(w.Items, it)
		if it.Param != nil {
			w.Params = append(w.Params, it.Param)
		}
		tokens = tokens[n:]
	}
	return w
}

// NameNumbers takes ?N for the Nth of the named parameters before it. That is what
// it is to SQLite, and in the text that sqlc writes, which leaves ?N alone where it
// does not look for parameters. So a parameter can be had there, too.
func (w *Written) NameNumbers() {
	var names []*Param
	seen := map[string]bool{}
	for _, p := range w.Params {
		switch n, err := strconv.Atoi(p.Name); {
		case p.Kind == Named && !seen[p.Name]:
			seen[p.Name] = true
			names = append(names, p)
		case p.Kind == Numbered && err == nil && n >= 1 && n <= len(names):
			p.Kind, p.Name, p.Nullable = Named, names[n-1].Name, names[n-1].Nullable
		}
	}
}

// nextItem takes the item that the tokens begin with, of n tokens.
func nextItem(text string, tokens []sqltext.Token) (it Item, n int) {
	t := tokens[0]
	it = Item{Text: t.Text, Token: t, Start: t.Start, End: t.End()}
	if macro, arg, n := Macro(tokens); n > 0 {
		it.End = tokens[n-1].End()
		it.Text = text[it.Start:it.End]
		if macro == "embed" {
			it.Embed = arg
			return it, n
		}
		it.Param = &Param{Kind: Named, Name: arg, Nullable: macro == "narg", Text: it.Text, Start: it.Start, End: it.End}
		if macro == "slice" {
			it.Param.Kind = Slice
		}
		return it, n
	}
	if t.Kind == sqltext.Variable {
		it.Param = variable(t)
	}
	return it, 1
}

func variable(t sqltext.Token) *Param {
	p := &Param{Text: t.Text, Start: t.Start, End: t.End(), Name: t.Text[1:]}
	switch {
	case t.Text == "?":
		p.Kind = Bare
	case t.Text[0] == '?':
		p.Kind = Numbered
	default:
		p.Kind = Named
	}
	return p
}

// Macro recognises a call of one of sqlc's macros that the tokens begin with:
// sqlc.arg(x), sqlc.arg('x') and so on. n is the number of its tokens, 0 for none. sqlc reads a name
// without quotes in lower case.
func Macro(tokens []sqltext.Token) (macro, arg string, n int) {
	if len(tokens) < 6 || !tokens[0].Is("sqlc") || !tokens[1].Is(".") || !tokens[3].Is("(") || !tokens[5].Is(")") {
		return "", "", 0
	}
	macro = strings.ToLower(tokens[2].Text)
	switch macro {
	case "arg", "narg", "slice", "embed":
	default:
		return "", "", 0
	}
	if !IsArgument(tokens[4:5]) {
		return "", "", 0
	}
	arg = tokens[4].Name()
	if tokens[4].Kind == sqltext.Word {
		arg = strings.ToLower(arg)
	}
	return macro, arg, 6
}

// IsArgument reports whether the tokens are what a macro takes: a name or a string.
func IsArgument(tokens []sqltext.Token) bool {
	return len(tokens) == 1 && (tokens[0].Ident() || tokens[0].Kind == sqltext.String && len(strings.Trim(tokens[0].Text, "'")) > 0)
}
