package studio

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// The characters of a value in a list, and of one in a row.
const (
	cutInList = 160
	cutInRow  = 16 << 10
)

// list is what a page of rows shows.
type list struct {
	Name    string
	Table   *table // nil for a query
	Base    string // the path of the page
	Add     string // where the form for filters leads
	Query   string // the address, for that form
	Heads   []head
	Rows    []line
	Chips   []chip
	Filters []filterColumn
	Next    string
	Prev    string
	First   string
	Limits  []option
	Count   string
	Note    string
	Hidden  []string // names of columns
	Omitted int      // columns that are not shown
	SQL     string
	Args    string
	Plan    []string
	Took    string
	New     string // where a new row is written
	NoPages bool
}

type head struct {
	Name, Declared, Filter string
	Sort                   string // where a click leads
	Order                  string // asc, desc or ""
	Key, Foreign, Number   bool
}

type line struct {
	Link  string
	Cells []shown
}

// chip is a condition of the address.
type chip struct{ Column, Text, Remove string }

type option struct {
	Text, Link string
	Is         bool
}

type filterColumn struct {
	Name     string
	Declared string
	Is       bool
}

func rows(r *request) (*answer, error) {
	t, err := r.catalog.find(named(r.PathValue("table")))
	if err != nil {
		return nil, err
	}
	values := r.URL.Query()
	l, err := r.list(t.source, values, place("rows", t.Name), t)
	if err != nil {
		return nil, err
	}
	l.Name, l.Table, l.Add = t.Name, t, "/add"+place("rows", t.Name)
	if r.db.writes != nil && t.editable() {
		l.New = place("new", t.Name)
	}
	return &answer{page: "rows", title: t.Name, data: l}, nil
}

// list reads the rows that an address asks for.
func (r *request) list(s *source, values url.Values, base string, t *table) (*list, error) {
	columns, err := s.selected(values)
	if err != nil {
		return nil, err
	}
	filters := without(values, "select")
	for name := range filters {
		if strings.HasPrefix(name, parameterMark) {
			delete(filters, name)
		}
	}
	began := time.Now()
	p, err := s.page(r.ctx, r.conn, filters, reading{columns, cutInList})
	if err != nil {
		return nil, err
	}
	l := &list{Base: base, Took: took(began), Query: encode(values), NoPages: s.pages == nil && p.more}
	r.heads(l, s, columns, values, t)
	for _, row := range p.rows {
		l.Rows = append(l.Rows, r.line(s, row, columns, t))
	}
	for _, turn := range []struct {
		to     *string
		cursor string
	}{{&l.Next, p.next}, {&l.Prev, p.prev}} {
		if turn.cursor != "" {
			*turn.to = base + "?" + encode(with(values, "cursor", turn.cursor))
		}
	}
	if values.Has("cursor") {
		l.First = base + "?" + encode(without(values, "cursor"))
	}
	limit, _ := s.limit(values)
	for _, n := range []int{25, 50, 100, 500} {
		l.Limits = append(l.Limits, option{fmt.Sprint(n), base + "?" + encode(with(values, "limit", fmt.Sprint(n))), n == limit})
	}
	l.Chips = chips(values, base)
	shownColumns := 0
	for _, c := range s.columns {
		if c.Hidden {
			l.Hidden = append(l.Hidden, c.Name)
			continue
		}
		shownColumns++
		l.Filters = append(l.Filters, filterColumn{Name: c.Filter, Declared: c.Declared})
	}
	l.Omitted = shownColumns - len(columns)
	whole := !values.Has("cursor") && p.next == "" && p.prev == "" && !p.more
	l.Count = r.counted(s, filters, len(p.rows), whole, t)
	r.explain(l, s, filters)
	return l, nil
}

func took(began time.Time) string {
	d := time.Since(began)
	if d < time.Second {
		return fmt.Sprintf("%.1f ms", float64(d.Microseconds())/1000)
	}
	return fmt.Sprintf("%.1f s", d.Seconds())
}

func (r *request) heads(l *list, s *source, columns []int, values url.Values, t *table) {
	orders := strings.Split(values.Get("order"), ",")
	for _, i := range columns {
		c := s.columns[i]
		h := head{Name: c.Name, Declared: c.Declared, Filter: c.Filter, Number: c.Kind == numberKind}
		next := c.Filter
		for _, o := range orders {
			switch {
			case o == c.Filter || strings.HasPrefix(o, c.Filter+".asc") || strings.HasPrefix(o, c.Filter+".nulls"):
				h.Order, next = "asc", c.Filter+".desc"
			case strings.HasPrefix(o, c.Filter+".desc"):
				h.Order, next = "desc", ""
			}
		}
		to := with(values, "order", next)
		if next == "" {
			to = without(to, "order")
		}
		h.Sort = l.Base + "?" + encode(to)
		if t != nil {
			h.Key = slices.ContainsFunc(t.PrimaryKey, func(name string) bool { return sqltext.EqualFold(name, c.Name) })
			h.Foreign = slices.ContainsFunc(t.Refers, func(f *reference) bool {
				return slices.ContainsFunc(f.From, func(name string) bool { return sqltext.EqualFold(name, c.Name) })
			})
		}
		l.Heads = append(l.Heads, h)
	}
}

// line is a row of a list, with a link to itself, and of foreign keys to what they refer to.
func (r *request) line(s *source, row record, columns []int, t *table) line {
	var l line
	for j, i := range columns {
		c := s.columns[i]
		l.Cells = append(l.Cells, show(row.cells[j], c))
	}
	if t == nil {
		return l
	}
	l.Link = t.link(row.key)
	for _, f := range t.Refers {
		if len(f.From) != 1 || f.Parent == nil {
			continue
		}
		for j, i := range columns {
			if sqltext.EqualFold(s.columns[i].Name, f.From[0]) && !row.cells[j].cut && row.cells[j].value != nil {
				l.Cells[j].Link = f.toParent([]any{row.cells[j].value})
			}
		}
	}
	return l
}

// link is the page of a row, "" if an address cannot name it.
func (t *table) link(key []any) string {
	values, ok := t.address(t.source.key, key)
	if !ok || len(key) == 0 || t.Kind == schema.KindView {
		return ""
	}
	return link("row", t.Name, values)
}

// address are the filters that find rows by values of columns.
func (t *table) address(names []string, of []any) (url.Values, bool) {
	values := url.Values{}
	for i, name := range names {
		filter, k, ok := t.filter(name)
		if !ok || i >= len(of) {
			return nil, false
		}
		text, ok := k.text(of[i])
		if !ok {
			return nil, false
		}
		values.Set(filter, "eq."+text)
	}
	return values, len(names) > 0
}

// filter is how an address names a column, and of which kind its values are.
func (t *table) filter(name string) (filter string, k kind, ok bool) {
	for _, c := range t.source.columns {
		if sqltext.EqualFold(c.Name, name) {
			return c.Filter, c.Kind, c.Filter != ""
		}
	}
	return name, numberKind, t.RowID != "" && sqltext.EqualFold(name, t.RowID)
}

// toParent is the row that a foreign key with these values refers to.
func (f *reference) toParent(of []any) string {
	if f.Parent == nil || len(f.To) != len(of) || slices.Contains(f.To, "") {
		return ""
	}
	values, ok := f.Parent.address(f.To, of)
	if !ok {
		return ""
	}
	return link("row", f.Parent.Name, values)
}

func chips(values url.Values, base string) (list []chip) {
	names := make([]string, 0, len(values))
	for name := range values {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if slices.Contains([]string{"limit", "cursor", "offset", "select"}, name) || strings.HasPrefix(name, parameterMark) {
			continue
		}
		for i, text := range values[name] {
			left := without(values, name, "cursor")
			if rest := slices.Delete(slices.Clone(values[name]), i, i+1); len(rest) > 0 {
				left[name] = rest
			}
			list = append(list, chip{name, strings.Replace(text, ".", " ", 1), base + "?" + encode(left)})
		}
	}
	return list
}

// The bounds of counting.
const (
	countMost  = 10_000
	countLimit = 300 * time.Millisecond
)

// counted says how many rows there are, as far as that is known soon.
func (r *request) counted(s *source, values url.Values, here int, whole bool, t *table) string {
	if whole {
		return plural(int64(here), "row")
	}
	ctx, stop := context.WithTimeout(r.ctx, countLimit)
	defer stop()
	n, err := s.count(ctx, r.conn, values, countMost)
	switch {
	case err != nil:
		return "more rows than can be counted in " + countLimit.String()
	case n <= countMost:
		return plural(n, "row")
	}
	text := thousands(countMost) + "+ rows"
	if t == nil || len(narrowed(values)) > 0 {
		return text
	}
	if t.About > countMost {
		return text + ", about " + thousands(t.About) + " as ANALYZE has counted"
	}
	if t.RowID != "" {
		var most int64
		query := fmt.Sprintf("SELECT max(%s) FROM %s", sqltext.Quote(t.RowID), sqltext.Quote(t.Name))
		if r.conn.QueryRowContext(ctx, query).Scan(&most) == nil && most > countMost {
			return text + ", about " + thousands(most) + " by the last rowid"
		}
	}
	return text
}

func plural(n int64, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return thousands(n) + " " + noun + "s"
}

// explain adds the statement of a list and its plan.
func (r *request) explain(l *list, s *source, values url.Values) {
	q, err := drey.ApplyFilters(s.query, s.filters, without(values, "cursor"))
	if err != nil {
		return
	}
	q = q.OrderBy(s.byKey...)
	text, args, err := q.ToSql()
	if err != nil {
		return
	}
	l.SQL = text
	for _, arg := range args {
		l.Args += fmt.Sprintf("%v  ", arg)
	}
	l.Plan, _ = drey.Explain(r.ctx, r.conn, q)
}

// addFilter is where the form for a filter leads: to the rows, with one more condition.
func addFilter(r *request) (*answer, error) {
	form := r.URL.Query()
	values, err := url.ParseQuery(form.Get("query"))
	if err != nil {
		return nil, &problem{Status: http.StatusBadRequest, Title: "The address cannot be read"}
	}
	delete(values, "cursor")
	value := form.Get("operator") + "." + form.Get("value")
	switch form.Get("operator") {
	case "is.null", "not.is.null":
		value = form.Get("operator")
	case "contains":
		value = "like.*" + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`, `*`, `\*`).Replace(form.Get("value")) + "*"
	case "in":
		value = "in.(" + form.Get("value") + ")"
	case "":
		return nil, &problem{Status: http.StatusBadRequest, Title: "The form does not say how to compare"}
	}
	values.Add(form.Get("column"), value)
	base := place(r.PathValue("page"), named(r.PathValue("name")))
	return &answer{to: base + "?" + encode(values)}, nil
}
