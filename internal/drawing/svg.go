package drawing

import (
	"context"
	"fmt"
	"math"
	"strings"

	"github.com/rivo/uniseg"
)

// SVG writes schemas as one picture, below each other. It has no script and names nothing
// outside of itself; it follows the reader's colour scheme. A dashed frame is that of a
// view. The lines end as those of [Mermaid] do. An error is ctx's.
func SVG(ctx context.Context, schemas []*Schema) ([]byte, error) {
	return draw(ctx, schemas, func(string) string { return "" })
}

// Linked is [SVG] of one schema, as a part of a page: a table is a link to where link says,
// if that is not "". Its only style is [Style].
func Linked(ctx context.Context, s *Schema, link func(table string) string) ([]byte, error) {
	return draw(ctx, []*Schema{s}, link)
}

func draw(ctx context.Context, schemas []*Schema, link func(table string) string) ([]byte, error) {
	var body strings.Builder
	width, height := 0.0, 0.0
	for _, s := range schemas {
		l, err := place(ctx, s)
		if err != nil {
			return nil, err
		}
		p := &picture{Builder: &body, top: height}
		if len(schemas) > 1 {
			p.top += gap
			p.text("heading", gap, p.top, s.Name)
			width = max(width, 2*gap+cells(s.Name)*charWidth*1.4)
		}
		if len(s.Tables) == 0 {
			p.text("empty", gap, p.top+gap, "There are no tables.")
			l.width, l.height = 300, 2*gap
		}
		for _, drawn := range l.lines {
			p.line(drawn)
		}
		for _, b := range l.boxes {
			p.linked(b, link(b.table.Name))
		}
		width, height = max(width, l.width), p.top+l.height
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg xmlns="http://www.w3.org/2000/svg" width="%[1]s" height="%[2]s" viewBox="0 0 %[1]s %[2]s" role="img">`+"\n", number(math.Ceil(width)), number(math.Ceil(height)))
	b.WriteString("<title>" + xmlText(describe(schemas)) + "</title>\n<style>" + Style + "</style>\n" + markers)
	b.WriteString(`<rect class="page" width="100%" height="100%"/>` + "\n")
	b.WriteString(body.String())
	b.WriteString("</svg>\n")
	return []byte(b.String()), nil
}

func describe(schemas []*Schema) string {
	var list []string
	for _, s := range schemas {
		text := strings.TrimSuffix("Schema of "+s.Name, " of ")
		if s.Compared != "" {
			text += ", compared with " + s.Compared
		}
		list = append(list, text)
	}
	return strings.Join(list, "; ")
}

// Style is the style of a picture, CSS.
const Style = `
svg { --page: #ffffff; --ink: #1f2328; --dim: #59636e; --rule: #d1d9e0; --head: #f0f3f6; --line: #59636e; --added: #d2f5db; --removed: #ffdcd9; --changed: #fff1c2; }
@media (prefers-color-scheme: dark) { svg { --page: #0d1117; --ink: #e6edf3; --dim: #9198a1; --rule: #3d444d; --head: #21262d; --line: #9198a1; --added: #12461f; --removed: #67201c; --changed: #574100; } }
.page { fill: var(--page); }
text { font: 12px ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; fill: var(--ink); white-space: pre; }
.heading { font-size: 16px; font-weight: 600; }
.name { font-weight: 600; }
.dim { fill: var(--dim); }
.gone { text-decoration: line-through; }
.frame { fill: none; stroke: var(--rule); }
.back { fill: var(--page); }
.head { fill: var(--head); }
.view { stroke-dasharray: 4 3; }
.added { fill: var(--added); }
.removed { fill: var(--removed); }
.changed { fill: var(--changed); }
path { fill: none; stroke: var(--line); }
path.plus { stroke-width: 2.5; }
path.minus { stroke-dasharray: 5 4; }
circle { fill: var(--page); stroke: var(--line); }
`

// markers are the ends of lines: at the child, many or one; at the parent, one or none.
const markers = `<defs>
<marker id="many" markerWidth="22" markerHeight="14" viewBox="0 -7 22 14" refX="0" refY="0" markerUnits="userSpaceOnUse" orient="auto"><path d="M12 0L0 -6M12 0L0 6"/><circle cx="16" cy="0" r="4"/></marker>
<marker id="single" markerWidth="22" markerHeight="14" viewBox="0 -7 22 14" refX="0" refY="0" markerUnits="userSpaceOnUse" orient="auto"><path d="M7 -6V6"/><circle cx="15" cy="0" r="4"/></marker>
<marker id="one" markerWidth="22" markerHeight="14" viewBox="-22 -7 22 14" refX="0" refY="0" markerUnits="userSpaceOnUse" orient="auto"><path d="M-7 -6V6M-11 -6V6"/></marker>
<marker id="none" markerWidth="22" markerHeight="14" viewBox="-22 -7 22 14" refX="0" refY="0" markerUnits="userSpaceOnUse" orient="auto"><path d="M-7 -6V6"/><circle cx="-15" cy="0" r="4"/></marker>
</defs>
`

// The classes of marks.
var (
	fills   = [...]string{Same: "", Added: "added", Removed: "removed", Changed: "changed"}
	strokes = [...]string{Same: "", Added: "plus", Removed: "minus", Changed: "plus"}
)

// longest is how many characters of a name or a type are shown. The rest is shown where
// the pointer rests.
const longest = 44

func newBox(t *Table) *box {
	b := &box{table: t}
	types := 0
	for _, c := range t.Columns {
		r := row{column: c, name: visible(c.Name), typ: visible(c.Type)}
		if t.null(c) == "NULL" {
			r.typ = strings.TrimSpace(r.typ + " NULL")
		}
		var keys []string
		for _, k := range []struct {
			is   bool
			mark string
		}{{c.Mark != Same, marks[c.Mark]}, {c.Primary, "PK"}, {c.Foreign, "FK"}, {c.Unique, "UK"}} {
			if k.is {
				keys = append(keys, k.mark)
			}
		}
		r.keys = strings.Join(keys, " ")
		b.keys, b.names, types = max(b.keys, len(r.keys)), max(b.names, min(longest, int(cells(r.name)))), max(types, min(longest, int(cells(r.typ))))
		b.rows = append(b.rows, r)
	}
	chars := b.names + types
	if b.keys > 0 {
		chars += b.keys + 2
	}
	if types > 0 {
		chars += 2
	}
	chars = max(chars, min(longest+10, int(cells(visible(t.title())))))
	b.width = math.Ceil(float64(chars)*charWidth + 2*padding)
	b.height = headHeight + rowHeight*float64(len(b.rows))
	return b
}

// picture is the SVG, whose tables are moved down by top.
type picture struct {
	*strings.Builder
	top float64
}

// linked draws a table, as a link unless that is "".
func (p *picture) linked(b *box, link string) {
	if link == "" {
		p.box(b)
		return
	}
	p.WriteString(`<a href="` + xmlText(link) + `">` + "\n")
	p.box(b)
	p.WriteString("</a>\n")
}

func (p *picture) box(b *box) {
	frame := "frame"
	if b.table.missing || b.table.Kind != "table" {
		frame += " view"
	}
	x, y := b.at.x, b.at.y+p.top
	p.WriteString("<g>\n")
	p.rect("back", x, y, b.width, b.height)
	head := fills[b.table.Mark]
	if head == "" {
		head = "head"
	}
	p.rect(head, x, y, b.width, headHeight)
	p.text("name", x+padding, y+headHeight-10, b.table.title())
	for i, r := range b.rows {
		at := y + headHeight + float64(i)*rowHeight
		if fill := fills[r.column.Mark]; fill != "" {
			p.rect(fill, x, at, b.width, rowHeight)
		}
		left := x + padding
		if b.keys > 0 {
			if r.keys != "" {
				p.text("dim", left, at+14, r.keys)
			}
			left += float64(b.keys+2) * charWidth
		}
		p.text(strings.TrimSpace(gone(r.column.Mark)), left, at+14, r.name)
		if r.typ != "" {
			p.text("dim"+gone(r.column.Mark), left+float64(b.names+2)*charWidth, at+14, r.typ)
		}
	}
	p.rect(frame, x, y, b.width, b.height)
	p.WriteString("</g>\n")
}

func gone(m Mark) string {
	if m == Removed {
		return " gone"
	}
	return ""
}

func (p *picture) rect(class string, x, y, width, height float64) {
	fmt.Fprintf(p, `<rect class="%s" x="%s" y="%s" width="%s" height="%s"/>`+"\n", class, number(x), number(y), number(width), number(height))
}

// text writes a text, shortened where it is too long.
func (p *picture) text(class string, x, y float64, text string) {
	text = visible(text)
	short := shorten(text, longest+10)
	if class == "" || strings.HasPrefix(class, "dim") || class == "gone" {
		short = shorten(text, longest)
	}
	if class != "" {
		class = ` class="` + class + `"`
	}
	title := ""
	if short != text {
		title = "<title>" + xmlText(text) + "</title>"
	}
	fmt.Fprintf(p, `<text%s x="%s" y="%s">%s%s</text>`+"\n", class, number(x), number(y), title, xmlText(short))
}

func (p *picture) line(l line) {
	if len(l.points) == 0 {
		return
	}
	r := l.reference
	start, end := "many", "one"
	if r.One {
		start = "single"
	}
	if r.Optional {
		end = "none"
	}
	class := ""
	if stroke := strokes[r.Mark]; stroke != "" {
		class = ` class="` + stroke + `"`
	}
	var path strings.Builder
	for i, at := range l.points {
		switch {
		case i == 0:
			path.WriteByte('M')
		case i == 1:
			path.WriteByte('C')
		default:
			path.WriteByte(' ')
		}
		path.WriteString(number(at.x) + " " + number(at.y+p.top))
	}
	title := strings.TrimSpace(fmt.Sprintf("%s %s (%s) → %s (%s)%s", marks[r.Mark], r.Child.Name, list(r.From), r.Parent.Name, list(r.To), r.actions()))
	fmt.Fprintf(p, `<path%s marker-start="url(#%s)" marker-end="url(#%s)" d="%s"><title>%s</title></path>`+"\n", class, start, end, path.String(), xmlText(title))
}

// number writes a length without what nobody sees.
func number(v float64) string {
	return strings.TrimSuffix(strings.TrimRight(fmt.Sprintf("%.1f", v), "0"), ".")
}

// cells is the width of a text in characters of the font: those of East Asia take two.
func cells(text string) float64 { return float64(uniseg.StringWidth(text)) }

// shorten cuts a text that is wider than so many characters.
func shorten(text string, most int) string {
	if int(cells(text)) <= most {
		return text
	}
	width, end := 1, 0 // with the …
	for g := uniseg.NewGraphemes(text); g.Next(); {
		if width += g.Width(); width > most {
			break
		}
		_, end = g.Positions()
	}
	return text[:end] + "…"
}

var xmlEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "'", "&#39;")

func xmlText(text string) string { return xmlEscapes.Replace(visible(text)) }
