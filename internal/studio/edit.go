package studio

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// form is what the page for a new row, or a row to change, shows.
type form struct {
	Table  *table
	Title  string
	Action string // where it is sent
	Back   string
	Seen   string // of the row as it was when it was shown
	New    bool
	Fields []*formField
	Wrong  []string
	Notice string
	Delete *deletion // nil unless it asks whether to delete
}

// formField is a column in a form.
type formField struct {
	Column *column
	Number int
	How    string // how the value is given: value, null, default, keep, file
	Hows   []string
	Text   string
	Long   bool
	Values []string // that a CHECK lists
	Says   []string // the constraints
	Parent string   // the table that it refers to
	Wrong  string
	Now    string // what the row has, where that is not what was shown
}

// The ways of a form to give a value.
const (
	byValue   = "value"
	byNull    = "null"
	byDefault = "default"
	byKeep    = "keep"
	byFile    = "file"
)

// longestText is how many bytes of a text are put into a form.
const longestText = 256 << 10

// editable returns the table of an address, if its rows can be changed.
func (r *request) editable() (*table, error) {
	t, err := r.catalog.find(named(r.PathValue("table")))
	switch {
	case err != nil:
		return nil, err
	case r.db.writes == nil:
		return nil, &problem{Status: http.StatusForbidden, Title: "Nothing can be written", Detail: "drey studio --write lets rows be changed."}
	case !t.editable():
		return nil, &problem{Status: http.StatusUnprocessableEntity, Title: "Rows of " + t.Name + " cannot be changed here", Detail: "Only rows of tables can, each found by its key."}
	}
	return t, nil
}

// editable reports whether rows can be changed: those of a table, each found by its key.
func (t *table) editable() bool { return t.Kind == schema.KindTable && t.source.pages != nil }

func newPage(r *request) (*answer, error) {
	t, err := r.editable()
	if err != nil {
		return nil, err
	}
	f := r.newForm(t)
	for name, list := range r.URL.Query() {
		for _, field := range f.Fields {
			if text, ok := strings.CutPrefix(list[0], "eq."); ok && field.Column.Filter == name {
				field.How, field.Text = byValue, text
			}
		}
	}
	return &answer{page: "form", title: f.Title, data: f}, nil
}

func (r *request) newForm(t *table) *form {
	f := &form{Table: t, Title: "New row of " + t.Name, Action: place("insert", t.Name), Back: place("rows", t.Name), New: true}
	for i := range t.source.columns {
		field := r.field(t, i)
		if field == nil {
			continue
		}
		c := t.Columns[i]
		switch {
		case c.RowIDAlias || c.Default != "":
			field.How = byDefault
		case !c.NotNull:
			field.How = byNull
		}
		if c.RowIDAlias {
			field.Says = append(field.Says, "the next number, unless it is given")
		}
		field.Hows = []string{byValue, byDefault, byNull, byFile}
		f.Fields = append(f.Fields, field)
	}
	return f
}

// field is a column of a form, nil for one that cannot be written.
func (r *request) field(t *table, i int) *formField {
	c := t.Columns[i]
	if c.Generated != schema.NotGenerated {
		return nil
	}
	f := &formField{Column: t.source.columns[i], Number: i, How: byValue, Values: valuesOf(t.Table, &c), Long: t.source.columns[i].Kind == textKind}
	if f.Column.Kind == boolKind {
		f.Values = nil // which the form names
	}
	if c.NotNull && !c.RowIDAlias {
		f.Says = append(f.Says, "NOT NULL")
	}
	if isIn(t.PrimaryKey, c.Name) {
		f.Says = append(f.Says, "primary key")
	}
	if slices.ContainsFunc(t.UniqueKeys(), func(key []string) bool {
		return isIn(key, c.Name) && !slices.Equal(key, t.PrimaryKey)
	}) {
		f.Says = append(f.Says, "unique")
	}
	if c.Default != "" {
		f.Says = append(f.Says, "default "+c.Default)
	}
	for _, check := range t.Checks {
		if slices.ContainsFunc(sqltext.Significant(check), func(token sqltext.Token) bool {
			return token.Ident() && sqltext.EqualFold(token.Name(), c.Name)
		}) {
			f.Says = append(f.Says, check)
		}
	}
	for _, fk := range t.Refers {
		if isIn(fk.From, c.Name) && fk.Parent != nil {
			f.Parent = fk.Table
		}
	}
	return f
}

// whole is what is read of a row to change it: all columns, whole.
func (t *table) whole() reading {
	var all reading
	for i := range t.source.columns {
		all.columns = append(all.columns, i)
	}
	return all
}

// seen is a text that changes with any value of a row. Nobody can compute it without the
// secret, so it does not tell what is hidden.
func (s *Studio) seen(row *record) string {
	m := hmac.New(sha256.New, s.guard.secret)
	for _, c := range row.cells {
		text, isText := c.value.(string)
		if b, ok := c.value.([]byte); ok {
			text = string(b)
		} else if !isText {
			text = fmt.Sprint(c.value)
		}
		fmt.Fprintf(m, "%T %d %s\n", c.value, len(text), text)
	}
	return hex.EncodeToString(m.Sum(nil)[:16])
}

func editPage(r *request) (*answer, error) {
	t, err := r.editable()
	if err != nil {
		return nil, err
	}
	address := r.URL.Query()
	found, err := r.one(t, address, t.whole())
	if err != nil {
		return nil, err
	}
	f := r.editForm(t, address, found)
	return &answer{page: "form", title: f.Title, data: f}, nil
}

func (r *request) editForm(t *table, address url.Values, found *record) *form {
	f := &form{
		Table: t, Title: "Edit " + t.Name + " " + keyTitle(address), Action: link("update", t.Name, address), Back: link("row", t.Name, address), Seen: r.seen(found),
	}
	for i := range t.source.columns {
		field := r.field(t, i)
		if field == nil {
			continue
		}
		field.Hows = []string{byValue, byNull, byFile, byKeep}
		field.show(found.cells[i].value)
		f.Fields = append(f.Fields, field)
	}
	return f
}

// show puts a value into a field, if a form can keep it as it is.
func (f *formField) show(v any) {
	if v == nil {
		f.How = byNull
		return
	}
	text, ok := f.Column.Kind.text(v)
	if s, isText := v.(string); isText && f.Column.Kind == textKind {
		text, ok = s, true
	}
	if !ok || f.Column.Hidden || len(text) > longestText || !typable(text) {
		f.How = byKeep
		return
	}
	f.Text = text
}

// typable reports whether a browser gives back a text as it was, but for its line ends.
func typable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsControl(r) && r != '\n' && r != '\t' && r != '\r'
	})
}

// given is the value that a form gives a column: ok is false where it leaves the column as it
// is, or gives it its default.
func (f *formField) given(r *http.Request, was any) (v any, ok bool, err error) {
	number := strconv.Itoa(f.Number)
	f.How, f.Text = r.PostFormValue("how."+number), r.PostFormValue("value."+number)
	switch f.How {
	case byNull:
		return nil, true, nil
	case byFile:
		file, _, err := r.FormFile("file." + number)
		if err != nil {
			return nil, false, fmt.Errorf("no file is chosen")
		}
		defer file.Close()
		content := make([]byte, 0, 1<<10)
		buffer := make([]byte, 64<<10)
		for {
			n, err := file.Read(buffer)
			content = append(content, buffer[:n]...)
			if err != nil {
				break
			}
		}
		if f.Column.Kind == textKind {
			return string(content), true, nil
		}
		return content, true, nil
	case byValue:
		text := strings.ReplaceAll(f.Text, "\r\n", "\n")
		if old, isText := was.(string); isText {
			if strings.ReplaceAll(strings.ReplaceAll(old, "\r\n", "\n"), "\r", "\n") == strings.ReplaceAll(text, "\r", "\n") && f.Column.Kind == textKind {
				return nil, false, nil // browsers write line ends in their own way
			}
		}
		v, err := f.Column.Kind.parse(text)
		return v, true, err
	}
	return nil, false, nil
}
