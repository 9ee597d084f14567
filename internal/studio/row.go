package studio

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// row is what the page of one row shows.
type row struct {
	Table    *table
	Title    string
	Key      string // in words
	Fields   []field
	Refers   []linked
	Referred []linked
	Whole    string // where everything is shown, "" if it is
	Edit     string
	Delete   string
	List     string
}

type field struct {
	shown
	Column *column
	Key    bool
	JSON   string // indented, of a text that is JSON
	Cell   string // where the whole value is
}

// linked is what a row refers to, or what refers to it.
type linked struct {
	Table, Columns, Link, Count, Note string

	onDelete string // what becomes of the rows when this one is deleted
}

func rowPage(r *request) (*answer, error) {
	t, err := r.catalog.find(named(r.PathValue("table")))
	if err != nil {
		return nil, err
	}
	values := r.URL.Query()
	cut := cutInRow
	if values.Has(wholeMark) {
		cut = 0
	}
	values.Del(wholeMark)
	var columns []int
	for i, c := range t.source.columns {
		if !c.Hidden {
			columns = append(columns, i)
		}
	}
	found, err := r.one(t, values, reading{columns, cut})
	if err != nil {
		return nil, err
	}
	d := &row{Table: t, Title: t.Name + " " + keyTitle(values), Key: keyTitle(values), List: place("rows", t.Name)}
	long := false
	for j, i := range columns {
		c := t.source.columns[i]
		f := field{shown: show(found.cells[j], c), Column: c, Key: isIn(t.PrimaryKey, c.Name)}
		long = long || found.cells[j].cut
		if text, ok := found.cells[j].value.(string); ok {
			f.JSON = indented(text)
		}
		if found.cells[j].size > saveFrom || found.cells[j].size > 0 && f.Class == "blob" {
			cell := without(values)
			cell.Set(cellMark, c.Filter)
			f.Cell = link("cell", t.Name, cell)
		}
		d.Fields = append(d.Fields, f)
	}
	for _, fk := range t.Refers {
		for j, i := range columns {
			if v := found.cells[j].value; len(fk.From) == 1 && sqltext.EqualFold(fk.From[0], t.source.columns[i].Name) && v != nil && !found.cells[j].cut {
				d.Fields[j].Link = fk.toParent([]any{v})
			}
		}
	}
	for _, c := range t.source.columns {
		if c.Hidden {
			d.Fields = append(d.Fields, field{shown: shown{Text: "hidden", Class: "null", Hint: "by --hide"}, Column: c})
		}
	}
	if long {
		whole := without(values)
		whole.Set(wholeMark, "")
		d.Whole = link("row", t.Name, whole)
	}
	if r.db.writes != nil && t.editable() {
		d.Edit, d.Delete = link("edit", t.Name, values), link("delete", t.Name, values)
	}
	r.links(d, t, values)
	return &answer{page: "row", title: d.Title, data: d}, nil
}

// saveFrom is the size in bytes from which a text can be saved as a file.
const saveFrom = 200

// The names in the address of a row that are not of columns.
const (
	wholeMark = "@whole"
	cellMark  = "@cell"
)

func isIn(names []string, name string) bool {
	for _, n := range names {
		if sqltext.EqualFold(n, name) {
			return true
		}
	}
	return false
}

func keyTitle(values url.Values) string {
	var list []string
	for name := range values {
		list = append(list, strings.TrimPrefix(values.Get(name), "eq."))
	}
	if len(list) == 1 && len(list[0]) < 60 {
		return list[0]
	}
	return "row"
}

// one reads the row that an address names.
func (r *request) one(t *table, values url.Values, want reading) (*record, error) {
	where, err := t.source.filters.Where(values)
	if err != nil {
		return nil, err
	}
	rows, err := t.source.records(t.source.query.Where(where), want).Limit(2).All(r.ctx, r.conn)
	switch {
	case err != nil:
		return nil, err
	case len(rows) == 0:
		return nil, &problem{Status: http.StatusNotFound, Title: "The row is not there", Detail: "It may have been deleted meanwhile, or its key has changed."}
	case len(rows) > 1 || len(values) == 0:
		return nil, &problem{Status: http.StatusBadRequest, Title: "The address names more than one row"}
	}
	return &recordsOf(rows)[0], nil
}

// links adds what the row refers to and what refers to it. The values are read by name, so
// that they are whole.
func (r *request) links(d *row, t *table, values url.Values) {
	read := func(names []string) ([]any, bool) {
		var columns []int
		for _, name := range names {
			i := t.source.column(name)
			if i < 0 || t.source.columns[i].Hidden {
				return nil, false
			}
			columns = append(columns, i)
		}
		found, err := r.one(t, values, reading{columns, 0})
		if err != nil {
			return nil, false
		}
		var list []any
		for _, c := range found.cells {
			if c.value == nil {
				return nil, false
			}
			list = append(list, c.value)
		}
		return list, true
	}
	for _, f := range t.Refers {
		of, ok := read(f.From)
		l := linked{Table: f.Table, Columns: strings.Join(f.From, ", ")}
		switch {
		case f.Parent == nil:
			l.Note = "there is no such table"
		case !ok:
			l.Note = "NULL"
		default:
			l.Link = f.toParent(of)
			if l.Link != "" && !r.exists(f.Parent, f.To, of) {
				l.Link, l.Note = "", "there is no such row"
			}
		}
		d.Refers = append(d.Refers, l)
	}
	budget := time.Now().Add(referredLimit)
	for _, f := range t.Referred {
		of, ok := read(f.To)
		if !ok {
			continue
		}
		address, ok := f.Child.address(f.From, of)
		if !ok {
			continue
		}
		l := linked{Table: f.Child.Name, Columns: strings.Join(f.From, ", "), Link: link("rows", f.Child.Name, address), onDelete: f.OnDelete}
		l.Count = r.countReferred(f, address, budget)
		d.Referred = append(d.Referred, l)
	}
}

// referredLimit is how long the rows that refer to one are counted.
const referredLimit = time.Second

func (r *request) countReferred(f *reference, address url.Values, until time.Time) string {
	ctx, stop := context.WithDeadline(r.ctx, until)
	defer stop()
	const most = 1000
	n, err := f.Child.source.count(ctx, r.conn, address, most)
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		return "not counted: no index leads to them"
	case err != nil:
		return ""
	case n > most:
		return thousands(most) + "+ rows"
	}
	return plural(n, "row")
}

// exists reports whether a row has these values, true if that cannot be told.
func (r *request) exists(t *table, names []string, of []any) bool {
	address, ok := t.address(names, of)
	if !ok {
		return true
	}
	n, err := t.source.count(r.ctx, r.conn, address, 1)
	return err != nil || n > 0
}

// column is the number of a column, -1 if there is none.
func (s *source) column(name string) int {
	for i, c := range s.columns {
		if sqltext.EqualFold(c.Name, name) {
			return i
		}
	}
	return -1
}

// indented is a text that is JSON, with line ends, "" if it is not.
func indented(text string) string {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" || trimmed[0] != '{' && trimmed[0] != '[' || !json.Valid([]byte(trimmed)) {
		return ""
	}
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if e.Encode(json.RawMessage(trimmed)) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// cellValue sends a value as it is stored, as a file: a browser shows nothing of it.
func cellValue(r *request) (*answer, error) {
	t, err := r.catalog.find(named(r.PathValue("table")))
	if err != nil {
		return nil, err
	}
	values := r.URL.Query()
	name := values.Get(cellMark)
	values.Del(cellMark)
	for i, c := range t.source.columns {
		if c.Filter != name || c.Hidden {
			continue
		}
		found, err := r.one(t, values, reading{[]int{i}, 0})
		if err != nil {
			return nil, err
		}
		var content []byte
		file := t.Name + "-" + c.Name + ".bin"
		switch v := found.cells[0].value.(type) {
		case []byte:
			content = v
		case string:
			content, file = []byte(v), t.Name+"-"+c.Name+".txt"
		default:
			content, file = fmt.Append(nil, v), t.Name+"-"+c.Name+".txt"
		}
		return &answer{raw: func(w http.ResponseWriter) error {
			w.Header().Set("Content-Type", "application/octet-stream")
			w.Header().Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": fileName(file)}))
			_, err := w.Write(content)
			return err
		}}, nil
	}
	return nil, drey.FilterErrors{{Parameter: cellMark, Problem: "there is no such column"}}
}

// fileName leaves of a name what a file may be called.
func fileName(name string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == '.' || r == '_' || '0' <= r && r <= '9' || 'a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' {
			return r
		}
		return '_'
	}, name)
}
