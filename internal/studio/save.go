package studio

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// write is one change of a row.
type write struct {
	table *table
	what  string // in words, for undo
	text  string // the statement
	args  []any
	names []string // of the columns that it sets, and
	sets  []any    // to what
}

// insertRow and updateRow take what a form sends. With try nothing stays: what is wrong is
// told before anything is saved.
func insertRow(r *request) (*answer, error) {
	t, err := r.editable()
	if err != nil {
		return nil, err
	}
	f := r.newForm(t)
	w := &write{table: t, what: "the new row of " + t.Name}
	f.take(r, w, nil)
	columns, marks := make([]string, len(w.names)), make([]string, len(w.names))
	for i, name := range w.names {
		columns[i], marks[i] = sqltext.Quote(name), "?"
	}
	w.text, w.args = "INSERT INTO "+sqltext.Quote(t.Name), w.sets
	if len(w.names) == 0 {
		w.text += " DEFAULT VALUES"
	} else {
		w.text += " (" + strings.Join(columns, ", ") + ") VALUES (" + strings.Join(marks, ", ") + ")"
	}
	return r.save(f, w, nil)
}

func updateRow(r *request) (*answer, error) {
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
	if r.PostFormValue("seen") != f.Seen {
		return r.changedMeanwhile(f, found)
	}
	w := &write{table: t, what: "the change of " + t.Name + " " + keyTitle(address)}
	f.take(r, w, found)
	if len(w.names) == 0 && !f.wrong() {
		if r.tries() {
			return f.told(r)
		}
		return &answer{to: f.Back}, nil
	}
	sets := make([]string, len(w.names))
	for i, name := range w.names {
		sets[i] = sqltext.Quote(name) + " = ?"
	}
	where, key := t.byKey(found)
	w.text, w.args = "UPDATE "+sqltext.Quote(t.Name)+" SET "+strings.Join(sets, ", ")+where, append(w.sets[:len(w.sets):len(w.sets)], key...)
	return r.save(f, w, found)
}

// byKey is the condition that finds a row.
func (t *table) byKey(row *record) (where string, args []any) {
	var terms []string
	for _, name := range t.source.key {
		terms = append(terms, sqltext.Quote(name)+" IS ?")
	}
	return " WHERE " + strings.Join(terms, " AND "), row.key
}

// take reads the values of a form. found is the row as it is, nil for a new one.
func (f *form) take(r *request, w *write, found *record) {
	for _, field := range f.Fields {
		var was any
		if found != nil {
			was = found.cells[field.Number].value
		}
		v, ok, err := field.given(r.Request, was)
		if err != nil {
			field.Wrong = err.Error()
			continue
		}
		if !ok || found != nil && same(v, was) {
			continue
		}
		c := f.Table.Columns[field.Number]
		if v == nil && c.NotNull && !c.RowIDAlias {
			field.Wrong = "it may not be NULL"
			continue
		}
		w.names, w.sets = append(w.names, c.Name), append(w.sets, v)
	}
	if found == nil {
		for _, field := range f.Fields {
			if c := f.Table.Columns[field.Number]; field.How == byDefault && c.NotNull && c.Default == "" && !c.RowIDAlias {
				field.Wrong = "it may not be NULL, and does not have a default"
			}
		}
	}
}

func (f *form) wrong() bool {
	for _, field := range f.Fields {
		if field.Wrong != "" {
			return true
		}
	}
	return len(f.Wrong) > 0
}

// tries reports whether a form asks what is wrong, and saves nothing.
func (r *request) tries() bool { return r.PostFormValue("try") != "" }

// save runs a change, or tries it. found is the row that it changes.
func (r *request) save(f *form, w *write, found *record) (*answer, error) {
	var key []any
	if !f.wrong() {
		err := r.change(r.ctx, w.what, []*table{w.table}, !r.tries(), func(ctx context.Context, tx *sql.Conn) error {
			if found != nil {
				now, err := r.again(ctx, tx, w.table, found)
				if err != nil {
					return err
				}
				if now == nil || r.seen(now) != f.Seen {
					return errChanged
				}
			}
			rows, err := tx.QueryContext(ctx, w.text+" RETURNING "+strings.Join(quoted(w.table.source.key), ", "), w.args...)
			if err != nil {
				return err
			}
			defer rows.Close()
			for rows.Next() {
				key = make([]any, len(w.table.source.key))
				to := make([]any, len(key))
				for i := range to {
					to[i] = &key[i]
				}
				if err := rows.Scan(to...); err != nil {
					return err
				}
			}
			return rows.Err()
		})
		switch {
		case err == errChanged:
			return r.changedMeanwhile(f, found)
		case err != nil && r.ctx.Err() != nil:
			return nil, err
		case err != nil:
			r.refused(f, w, err)
		case r.tries() && strings.Contains(strings.ToUpper(w.table.SQL), "DEFERRED"):
			r.dangling(f, w, func(names []string, text string) {
				if names != nil { // nothing else is known before the end of a transaction
					f.at(names, text)
				}
			})
		case key == nil:
			f.Wrong = append(f.Wrong, "a trigger has kept the row from being written")
		}
	}
	if r.tries() || f.wrong() {
		return f.told(r)
	}
	to := w.table.link(key)
	if to == "" {
		to = place("rows", w.table.Name)
	}
	return &answer{to: to}, nil
}

func quoted(names []string) []string {
	list := make([]string, len(names))
	for i, name := range names {
		list[i] = "+" + sqltext.Quote(name) // without a declared type, of which the driver would make times
	}
	return list
}

// again reads a row in the transaction that changes it, nil if it is gone.
func (r *request) again(ctx context.Context, tx *sql.Conn, t *table, found *record) (*record, error) {
	var columns []string
	for _, c := range t.source.columns {
		columns = append(columns, c.Name)
	}
	where, args := t.byKey(found)
	rows, err := tx.QueryContext(ctx, "SELECT "+strings.Join(quoted(columns), ", ")+" FROM "+sqltext.Quote(t.Name)+where, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	now := &record{cells: make([]cell, len(columns)), key: found.key}
	to := make([]any, len(columns))
	for i := range to {
		to[i] = &now.cells[i].value
	}
	if !rows.Next() {
		return nil, rows.Err()
	}
	if err := rows.Scan(to...); err != nil {
		return nil, err
	}
	return now, rows.Err()
}

// told answers what is wrong: to a script in JSON, or on the page of the form.
func (f *form) told(r *request) (*answer, error) {
	if r.Header.Get("Accept") == "application/json" {
		wrong := map[string]string{}
		for _, field := range f.Fields {
			if field.Wrong != "" {
				wrong[fmt.Sprint(field.Number)] = field.Wrong
			}
		}
		return &answer{raw: func(w http.ResponseWriter) error {
			w.Header().Set("Content-Type", "application/json")
			return json.NewEncoder(w).Encode(map[string]any{"fields": wrong, "row": strings.Join(f.Wrong, "; ")})
		}}, nil
	}
	status := http.StatusUnprocessableEntity
	if !f.wrong() {
		status, f.Notice = http.StatusOK, "SQLite takes the row. Nothing has been saved yet."
	}
	return &answer{page: "form", title: f.Title, status: status, data: f}, nil
}

// changedMeanwhile shows the form again, with what the row has now beside what was given.
func (r *request) changedMeanwhile(f *form, found *record) (*answer, error) {
	now, err := r.one(f.Table, r.URL.Query(), f.Table.whole())
	if err != nil {
		return nil, err
	}
	fresh := r.editForm(f.Table, r.URL.Query(), now)
	for _, field := range fresh.Fields {
		is := *field
		_, _, err := field.given(r.Request, nil)
		if err != nil {
			field.Wrong = err.Error()
		}
		if (is.Text != strings.ReplaceAll(field.Text, "\r\n", "\n") || is.How != field.How) && is.How != byKeep {
			field.Now = is.Text
			if is.How == byNull {
				field.Now = "NULL"
			}
		}
	}
	fresh.Wrong = []string{"Somebody else has changed the row since it was shown. What it has now stands beside what you have written; saving again overwrites it."}
	return fresh.told(r)
}

// at says what is wrong with columns, or with the row if the form has none of them.
func (f *form) at(columns []string, text string) {
	hit := false
	for _, field := range f.Fields {
		if isIn(columns, field.Column.Name) {
			field.Wrong, hit = text, true
		}
	}
	if !hit {
		f.Wrong = append(f.Wrong, text)
	}
}

// refused says why SQLite does not take a row.
func (r *request) refused(f *form, w *write, err error) {
	message := sqlite.Message(err)
	_, columns := drey.ViolatedColumns(err)
	switch drey.FailureOf(err) {
	case drey.NotNullViolation:
		f.at(columns, "it may not be NULL")
	case drey.UniqueViolation:
		f.at(columns, "another row has "+strings.Join(columns, ", ")+" like this")
	case drey.ForeignKeyViolation:
		r.dangling(f, w, f.at)
	case drey.CheckViolation:
		_, check, _ := strings.Cut(message, "CHECK constraint failed: ")
		var of []string
		for _, field := range f.Fields {
			for _, says := range field.Says {
				if check != "" && strings.Contains(says, check) {
					of = append(of, field.Column.Name)
				}
			}
		}
		f.at(of, "the CHECK is false: "+check)
	case drey.Busy:
		f.Wrong = append(f.Wrong, "the database is locked: another process is writing to it")
	default:
		f.Wrong = append(f.Wrong, message)
	}
}

// dangling finds the foreign keys that would refer to nothing.
func (r *request) dangling(f *form, w *write, at func([]string, string)) {
	found := false
	for _, fk := range w.table.Refers {
		if fk.Parent == nil {
			at(fk.From, "the table "+fk.Table+" that it refers to does not exist")
			found = true
			continue
		}
		var of []any
		for _, name := range fk.From {
			for i, set := range w.names {
				if sqltext.EqualFold(set, name) && w.sets[i] != nil {
					of = append(of, w.sets[i])
				}
			}
		}
		if len(of) == len(fk.From) && len(of) > 0 && !r.exists(fk.Parent, fk.To, of) {
			at(fk.From, "no row of "+fk.Table+" is there that it could refer to")
			found = true
		}
	}
	if !found {
		at(nil, "a foreign key would refer to nothing, or rows refer to this one")
	}
}

// deletion is what the page shows that asks whether to delete a row.
type deletion struct {
	Goes []linked // what refers to it, and what becomes of that
}

// deletePage asks whether to delete a row.
func deletePage(r *request) (*answer, error) {
	t, err := r.editable()
	if err != nil {
		return nil, err
	}
	address := r.URL.Query()
	f, _, err := r.deleteForm(t, address)
	if err != nil {
		return nil, err
	}
	return &answer{page: "delete", title: f.Title, data: f}, nil
}

func (r *request) deleteForm(t *table, address url.Values) (*form, *record, error) {
	found, err := r.one(t, address, t.whole())
	if err != nil {
		return nil, nil, err
	}
	f := &form{
		Table: t, Title: "Delete " + t.Name + " " + keyTitle(address), Action: link("remove", t.Name, address), Back: link("row", t.Name, address), Seen: r.seen(found), Delete: &deletion{},
	}
	var shown row
	r.links(&shown, t, address)
	for _, l := range shown.Referred {
		if l.Count == "0 rows" {
			continue
		}
		l.Note = map[string]string{
			"CASCADE": "are deleted as well", "SET NULL": "refer to nothing then", "SET DEFAULT": "get the default",
		}[l.onDelete]
		if l.Note == "" {
			l.Note = "keep the row from being deleted"
		}
		f.Delete.Goes = append(f.Delete.Goes, l)
	}
	return f, found, nil
}

// removeRow deletes a row.
func removeRow(r *request) (*answer, error) {
	t, err := r.editable()
	if err != nil {
		return nil, err
	}
	f, found, err := r.deleteForm(t, r.URL.Query())
	if err != nil {
		return nil, err
	}
	if r.PostFormValue("seen") != f.Seen {
		f.Wrong = []string{"Somebody else has changed the row since it was shown. Look at it again."}
		return &answer{page: "delete", title: f.Title, status: http.StatusConflict, data: f}, nil
	}
	where, args := t.byKey(found)
	err = r.change(r.ctx, "the deletion of "+t.Name+" "+keyTitle(r.URL.Query()), []*table{t}, true, func(ctx context.Context, tx *sql.Conn) error {
		now, err := r.again(ctx, tx, t, found)
		if err != nil {
			return err
		}
		if now == nil || r.seen(now) != f.Seen {
			return errChanged
		}
		_, err = tx.ExecContext(ctx, "DELETE FROM "+sqltext.Quote(t.Name)+where, args...)
		return err
	})
	switch {
	case err == errChanged:
		f.Wrong = []string{"Somebody else has changed the row. Look at it again."}
	case err != nil && drey.FailureOf(err) == drey.ForeignKeyViolation:
		f.Wrong = []string{"Rows of other tables refer to it: delete or change these first."}
	case err != nil && r.ctx.Err() != nil:
		return nil, err
	case err != nil:
		f.Wrong = []string{sqlite.Message(err)}
	default:
		return &answer{to: place("rows", t.Name)}, nil
	}
	return &answer{page: "delete", title: f.Title, status: http.StatusConflict, data: f}, nil
}
