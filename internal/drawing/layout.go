package drawing

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/drawing/graphviz"
)

// The sizes of a picture, in pixels.
const (
	rowHeight  = 20
	headHeight = 28
	charWidth  = 7.25 // of a monospace font of 12 pixels
	padding    = 10
	gap        = 40 // between tables, and around them
)

// point is a place in a picture, from its upper left corner.
type point struct{ x, y float64 }

// box is a table in a picture.
type box struct {
	table         *Table
	rows          []row
	keys, names   int // the widths of the first two columns, in characters
	width, height float64
	at            point // of its upper left corner
}

// row is a column of a table.
type row struct {
	column          *Column
	keys, name, typ string
}

// line is a foreign key in a picture: the control points of Bézier curves, from the
// child to the parent.
type line struct {
	reference *Reference
	points    []point
}

// layout is where everything is.
type layout struct {
	boxes         []*box
	lines         []line
	width, height float64
}

// place lays out a schema. Graphviz places the tables with foreign keys, parents on the
// left; the others stand in rows below.
func place(ctx context.Context, s *Schema) (*layout, error) {
	l := &layout{}
	boxes := map[*Table]*box{}
	var related, alone []*box
	for _, t := range s.Tables {
		b := newBox(t)
		boxes[t] = b
		if l.boxes = append(l.boxes, b); t.refersToOthers() {
			related = append(related, b)
		} else {
			alone = append(alone, b)
		}
	}
	if len(related) > 0 {
		if err := l.related(ctx, related, boxes); err != nil {
			return nil, err
		}
	}
	l.alone(alone)
	for _, b := range l.boxes {
		l.loops(b)
	}
	return l, nil
}

// refersToOthers reports whether a line leads from a table to another or back.
func (t *Table) refersToOthers() bool {
	other := func(r *Reference) bool { return r.Child != r.Parent }
	return slices.ContainsFunc(t.Refers, other) || slices.ContainsFunc(t.Referred, other)
}

// loops draws the foreign keys of a table to itself, on its right.
func (l *layout) loops(b *box) {
	for _, r := range b.table.Refers {
		if r.Child != r.Parent {
			continue
		}
		right := b.at.x + b.width
		from, to := b.middle(r.From), b.middle(r.To)
		if from == to {
			to -= headHeight // to the head
		}
		out := right + gap*1.2
		l.lines = append(l.lines, line{r, []point{{right, from}, {out, from}, {out, to}, {right, to}}})
	}
}

// related has Graphviz place tables and lines. It is told sizes and numbers, and no
// names.
func (l *layout) related(ctx context.Context, related []*box, boxes map[*Table]*box) error {
	number := map[*box]int{}
	var g strings.Builder
	fmt.Fprintf(&g, "digraph {\n\tgraph [rankdir=RL, ranksep=1.1, nodesep=0.45];\n\tnode [shape=plain];\n\tedge [dir=none];\n")
	for i, b := range related {
		number[b] = i
		fmt.Fprintf(&g, "\tn%d [label=<<TABLE BORDER=\"0\" CELLBORDER=\"0\" CELLSPACING=\"0\" CELLPADDING=\"0\"><TR><TD PORT=\"p-1\" FIXEDSIZE=\"TRUE\" WIDTH=\"%.0f\" HEIGHT=\"%d\"></TD></TR>", i, b.width, headHeight)
		for j := range b.rows {
			fmt.Fprintf(&g, "<TR><TD PORT=\"p%d\" FIXEDSIZE=\"TRUE\" WIDTH=\"%.0f\" HEIGHT=\"%d\"></TD></TR>", j, b.width, rowHeight)
		}
		g.WriteString("</TABLE>>];\n")
	}
	waiting := map[[2]string][]*Reference{} // by the numbers of child and parent
	for _, b := range related {
		for _, r := range b.table.Refers {
			parent := boxes[r.Parent]
			if parent == b {
				continue
			}
			ends := [2]string{fmt.Sprint("n", number[b]), fmt.Sprint("n", number[parent])}
			fmt.Fprintf(&g, "\t%s:\"p%d\" -> %s:\"p%d\";\n", ends[0], b.row(r.From), ends[1], parent.row(r.To))
			waiting[ends] = append(waiting[ends], r)
		}
	}
	g.WriteString("}\n")
	text, err := graphviz.Plain(ctx, g.String())
	if err != nil {
		return err
	}
	return l.read(text, related, waiting)
}

// row is the row of the first of some columns, -1 for the head.
func (b *box) row(columns []string) int {
	return slices.IndexFunc(b.rows, func(r row) bool { return len(columns) > 0 && has(columns[:1], r.column.Name) })
}

// middle is how far down the row of the first of some columns is.
func (b *box) middle(columns []string) float64 {
	if i := b.row(columns); i >= 0 {
		return b.at.y + headHeight + rowHeight*(float64(i)+0.5)
	}
	return b.at.y + headHeight/2
}

// read reads what Graphviz answers, in inches from the lower left corner. Of several lines
// between the same tables it keeps the order.
func (l *layout) read(text string, related []*box, waiting map[[2]string][]*Reference) error {
	var err error
	number := func(s string) float64 {
		v, wrong := strconv.ParseFloat(s, 64)
		if wrong != nil && err == nil {
			err = wrong
		}
		return v * 72
	}
	for answer := range strings.Lines(text) {
		f := strings.Fields(answer)
		switch {
		case len(f) >= 4 && f[0] == "graph":
			l.width, l.height = number(f[2])+2*gap, number(f[3])+2*gap
		case len(f) >= 4 && f[0] == "node":
			i, wrong := strconv.Atoi(strings.TrimPrefix(f[1], "n"))
			if wrong != nil || i >= len(related) {
				return fmt.Errorf("graphviz answers %q", answer)
			}
			b := related[i]
			b.at = point{gap + number(f[2]) - b.width/2, l.height - gap - number(f[3]) - b.height/2}
		case len(f) >= 4 && f[0] == "edge":
			ends := [2]string{f[1], f[2]}
			n, wrong := strconv.Atoi(f[3])
			if wrong != nil || len(waiting[ends]) == 0 || len(f) < 4+2*n {
				return fmt.Errorf("graphviz answers %q", answer)
			}
			drawn := line{reference: waiting[ends][0]}
			for i := range n {
				drawn.points = append(drawn.points, point{gap + number(f[4+2*i]), l.height - gap - number(f[5+2*i])})
			}
			l.lines = append(l.lines, drawn)
			waiting[ends] = waiting[ends][1:]
		}
	}
	return err
}

// alone puts tables into rows below the others.
func (l *layout) alone(boxes []*box) {
	if len(boxes) == 0 {
		return
	}
	area := 0.0
	for _, b := range boxes {
		area += (b.width + gap) * (b.height + gap)
	}
	width := max(l.width, math.Sqrt(area)*1.3)
	at := point{gap, max(l.height, gap)}
	tallest := 0.0
	for _, b := range boxes {
		if at.x > gap && at.x+b.width+gap > width {
			at, tallest = point{gap, at.y + tallest + gap}, 0
		}
		b.at = at
		at.x += b.width + gap
		l.width, tallest = max(l.width, at.x), max(tallest, b.height)
	}
	l.height = at.y + tallest + gap
}
