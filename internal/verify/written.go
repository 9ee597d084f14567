package verify

import (
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// paramKind tells how a parameter is written.
type paramKind uint8

const (
	bare     paramKind = iota // ?
	numbered                  // ?1
	named                     // @x, :x, $x, sqlc.arg(x), sqlc.narg(x)
	slice                     // sqlc.slice(x)
)

// param is one occurrence of a parameter in a query as its author wrote it.
type param struct {
	kind       paramKind
	name       string // of a named one or a slice; the number of a numbered one
	nullable   bool   // sqlc.narg
	text       string // as written
	start, end int    // byte offsets in the text
}

// key is equal for occurrences of the same parameter. A bare one is always a
// parameter of its own.
func (p *param) key() string {
	switch p.kind {
	case named, slice:
		return p.name
	case numbered:
		return "?" + p.name
	}
	return ""
}

// item is what the alignment with sqlc's SQL goes by: a token, or the tokens of
// a parameter or sqlc.embed.
type item struct {
	text  string
	token sqltext.Token // of an item that is one token
	start int
	end   int
	param *param
	embed string // the table of a sqlc.embed
}

// written is a query as its author wrote it.
type written struct {
	text   string
	items  []item
	params []*param // in the order of the text
}

// read cuts a query into items.
func read(text string) *written {
	w := &written{text: text}
	tokens := sqltext.Significant(text)
	for len(tokens) > 0 {
		it, n := nextItem(text, tokens)
		w.items = append(w.items, it)
		if it.param != nil {
			w.params = append(w.params, it.param)
		}
		tokens = tokens[n:]
	}
	return w
}

// nameNumbers takes ?N for the Nth of the named parameters before it. That is what
// it is to SQLite, and in the text that sqlc writes, which leaves ?N alone where it
// does not look for parameters. So a parameter can be had there, too.
func (w *written) nameNumbers() {
	var names []*param
	seen := map[string]bool{}
	for _, p := range w.params {
		switch n, err := strconv.Atoi(p.name); {
		case p.kind == named && !seen[p.name]:
			seen[p.name] = true
			names = append(names, p)
		case p.kind == numbered && err == nil && n >= 1 && n <= len(names):
			p.kind, p.name, p.nullable = named, names[n-1].name, names[n-1].nullable
		}
	}
}

// nextItem takes the item that the tokens begin with, of n tokens.
func nextItem(text string, tokens []sqltext.Token) (it item, n int) {
	t := tokens[0]
	it = item{text: t.Text, token: t, start: t.Start, end: t.End()}
	if macro, arg, n := macroCall(tokens); n > 0 {
		it.end = tokens[n-1].End()
		it.text = text[it.start:it.end]
		if macro == "embed" {
			it.embed = arg
			return it, n
		}
		it.param = &param{kind: named, name: arg, nullable: macro == "narg", text: it.text, start: it.start, end: it.end}
		if macro == "slice" {
			it.param.kind = slice
		}
		return it, n
	}
	if t.Kind == sqltext.Variable {
		it.param = variable(t)
	}
	return it, 1
}

func variable(t sqltext.Token) *param {
	p := &param{text: t.Text, start: t.Start, end: t.End(), name: t.Text[1:]}
	switch {
	case t.Text == "?":
		p.kind = bare
	case t.Text[0] == '?':
		p.kind = numbered
	default:
		p.kind = named
	}
	return p
}

// macroCall recognises sqlc.arg(x), sqlc.arg('x') and so on. sqlc reads a name
// without quotes in lower case.
func macroCall(tokens []sqltext.Token) (macro, arg string, n int) {
	if len(tokens) < 6 || !tokens[0].Is("sqlc") || !tokens[1].Is(".") || !tokens[3].Is("(") || !tokens[5].Is(")") {
		return "", "", 0
	}
	macro = strings.ToLower(tokens[2].Text)
	switch macro {
	case "arg", "narg", "slice", "embed":
	default:
		return "", "", 0
	}
	if !argument(tokens[4:5]) {
		return "", "", 0
	}
	arg = tokens[4].Name()
	if tokens[4].Kind == sqltext.Word {
		arg = strings.ToLower(arg)
	}
	return macro, arg, 6
}
