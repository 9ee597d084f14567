package studio

import (
	"bytes"
	"encoding/json"
	"html"
	"io"
	"mime/multipart"
	"net/http"
	"regexp"
	"strings"
	"testing"
)

// post sends a form with its token.
func (w *site) post(path string, fields map[string]string, accept string) (status int, body, to string) {
	w.Helper()
	var b bytes.Buffer
	form := multipart.NewWriter(&b)
	form.WriteField("csrf", w.guard.sign("csrf"))
	for name, value := range fields {
		if strings.HasPrefix(name, "file.") {
			part, err := form.CreateFormFile(name, "x")
			if err != nil {
				w.Fatal(err)
			}
			part.Write([]byte(value))
			continue
		}
		form.WriteField(name, value)
	}
	form.Close()
	r, err := http.NewRequestWithContext(w.Context(), "POST", w.url(path), &b)
	if err != nil {
		w.Fatal(err)
	}
	r.Header.Set("Content-Type", form.FormDataContentType())
	r.Header.Set("Accept", accept)
	answer, err := w.client.Do(r)
	if err != nil {
		w.Fatal(err)
	}
	defer answer.Body.Close()
	text, err := io.ReadAll(answer.Body)
	if err != nil {
		w.Fatal(err)
	}
	return answer.StatusCode, string(text), answer.Header.Get("Location")
}

var (
	inputs   = regexp.MustCompile(`(?s)<input name="([^"]*)" id="[^"]*" class="value" value="([^"]*)"`)
	texts    = regexp.MustCompile(`(?s)<textarea name="([^"]*)"[^>]*>\n(.*?)</textarea>`)
	selects  = regexp.MustCompile(`(?s)<select name="([^"]*)"[^>]*>(.*?)</select>`)
	selected = regexp.MustCompile(`<option value="([^"]*)" selected>|<option selected>([^<]*)</option>`)
	seen     = regexp.MustCompile(`name="seen" value="([^"]*)"`)
)

// form reads the fields of a form as a browser sends them.
func (w *site) form(path string) map[string]string {
	w.Helper()
	body := w.page(path)
	fields := map[string]string{"seen": seen.FindStringSubmatch(body)[1]}
	for _, m := range inputs.FindAllStringSubmatch(body, -1) {
		fields[m[1]] = html.UnescapeString(m[2])
	}
	for _, m := range texts.FindAllStringSubmatch(body, -1) {
		fields[m[1]] = strings.ReplaceAll(html.UnescapeString(m[2]), "\n", "\r\n")
	}
	for _, m := range selects.FindAllStringSubmatch(body, -1) {
		if s := selected.FindStringSubmatch(m[2]); s != nil {
			fields[m[1]] = html.UnescapeString(s[1] + s[2])
		}
	}
	return fields
}

// all are the rows of a table, as literals.
func (w *site) all(table string) string {
	w.Helper()
	db := openDB(w.T, w.path)
	defer db.Close()
	rows, err := db.Query("SELECT * FROM " + table)
	if err != nil {
		w.Fatal(err)
	}
	defer rows.Close()
	names, err := rows.Columns()
	if err != nil {
		w.Fatal(err)
	}
	var b strings.Builder
	for rows.Next() {
		values, to := make([]any, len(names)), make([]any, len(names))
		for i := range to {
			to[i] = &values[i]
		}
		if err := rows.Scan(to...); err != nil {
			w.Fatal(err)
		}
		line, err := json.Marshal(values)
		if err != nil {
			w.Fatal(err)
		}
		b.Write(append(line, '\n'))
	}
	if err := rows.Err(); err != nil {
		w.Fatal(err)
	}
	return b.String()
}

const desk = `
CREATE TABLE users (id INTEGER PRIMARY KEY, email TEXT NOT NULL UNIQUE, age INTEGER CHECK (age >= 0), state TEXT NOT NULL DEFAULT 'new' CHECK (state IN ('new', 'old')), vip BOOLEAN, picture BLOB, at DATETIME DEFAULT CURRENT_TIMESTAMP, shout TEXT AS (upper(email)));
CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER NOT NULL REFERENCES users ON DELETE CASCADE, text TEXT, n REAL);
CREATE TABLE likes (note_id INTEGER REFERENCES notes ON DELETE CASCADE, user_id INTEGER REFERENCES users ON DELETE SET NULL, PRIMARY KEY (note_id, user_id));
CREATE TABLE kept (name TEXT PRIMARY KEY, user_id INTEGER REFERENCES users) WITHOUT ROWID;
CREATE TABLE log (what TEXT, at INTEGER);
CREATE TRIGGER users_log AFTER DELETE ON users BEGIN INSERT INTO log VALUES ('gone ' || old.email, 1); UPDATE log SET at = at + 1; END;
INSERT INTO users (id, email, age, vip, picture, at) VALUES (1, 'ada', 36, 1, x'00ff', '2026-01-01 00:00:00'), (2, 'bob', NULL, NULL, NULL, NULL), (3, 'eve', 5, 0, x'', '2026');
INSERT INTO notes VALUES (1, 1, 'one' || char(10) || 'two', 0.1), (2, 1, 'a' || char(13, 10) || 'b', 1e300), (3, 2, 'nul' || char(0) || 'x', NULL);
INSERT INTO likes VALUES (1, 2), (2, 1), (3, 3);
INSERT INTO kept VALUES ('k', 3);
INSERT INTO log VALUES ('start', 0);
`

// What a form is sent back as it was changes nothing; each change does what it says, and undo
// brings back every table, what triggers and foreign keys have changed as well.
func TestEdit(t *testing.T) {
	w := newSite(t, desk, true, Options{})
	tables := []string{"users", "notes", "likes", "kept", "log"}
	state := func() string {
		var b strings.Builder
		for _, name := range tables {
			b.WriteString(name + "\n" + w.all(name))
		}
		return b.String()
	}
	before := state()
	for _, path := range []string{"users?id=eq.1", "users?id=eq.2", "users?id=eq.3", "notes?id=eq.1", "notes?id=eq.2", "notes?id=eq.3", "likes?rowid=eq.1", "kept?name=eq.k"} {
		if status, body, _ := w.post("/update/"+path, w.form("/edit/"+path), ""); status != 303 || state() != before {
			t.Errorf("%s: %d %s\n%s", path, status, plain(body), state())
		}
	}
	for name, tt := range map[string]struct {
		form, to string
		fields   map[string]string
		want     string
	}{
		"text":       {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.1": "x'; DROP TABLE users; --"}, `[1,"x'; DROP TABLE users; --",36,"new",1,"AP8=","2026-01-01T00:00:00Z","X'; DROP TABLE USERS; --"]`},
		"null":       {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"how.2": "null", "how.5": "null"}, `[1,"ada",null,"new",1,null,`},
		"choice":     {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.3": "old", "value.4": "0"}, `[1,"ada",36,"old",0,`},
		"file":       {"/edit/users?id=eq.2", "/update/users?id=eq.2", map[string]string{"how.5": "file", "file.5": "\x01\x02"}, `[2,"bob",null,"new",null,"AQI="`},
		"hex":        {"/edit/users?id=eq.2", "/update/users?id=eq.2", map[string]string{"how.5": "value", "value.5": "0aFF"}, `[2,"bob",null,"new",null,"Cv8="`},
		"key":        {"/edit/kept?name=eq.k", "/update/kept?name=eq.k", map[string]string{"value.0": "k2"}, `["k2",3]`},
		"real":       {"/edit/notes?id=eq.1", "/update/notes?id=eq.1", map[string]string{"value.3": "2.5e-7"}, `[1,1,"one\ntwo",2.5e-7]`},
		"new":        {"/new/users", "/insert/users", map[string]string{"how.1": "value", "value.1": "new@x"}, `[4,"new@x",null,"new",null,null,`},
		"new parent": {"/new/notes?user_id=eq.2", "/insert/notes", map[string]string{"how.2": "value", "value.2": "hello"}, `[4,2,"hello",null]`},
		"delete":     {"/delete/notes?id=eq.1", "/remove/notes?id=eq.1", nil, ""},
		"cascade":    {"/delete/users?id=eq.1", "/remove/users?id=eq.1", nil, `"gone ada",2`},
	} {
		fields := w.form(tt.form)
		for k, v := range tt.fields {
			fields[k] = v
		}
		if status, body, to := w.post(tt.to, fields, ""); status != 303 {
			t.Errorf("%s: %d %s", name, status, plain(body))
			continue
		} else if status, body := w.get(to); status != 200 {
			t.Errorf("%s: leads to %s, %d %s", name, to, status, plain(body))
		}
		if after := state(); after == before || !strings.Contains(after, tt.want) {
			t.Errorf("%s: there is no %s in\n%s", name, tt.want, after)
		}
		if status, body, to := w.post("/undo", map[string]string{"back": "/rows/users"}, ""); status != 303 || to != "/rows/users" {
			t.Errorf("%s: undo: %d %s", name, status, plain(body))
		}
		if after := state(); after != before {
			t.Fatalf("%s: undo leaves\n%s\nof\n%s", name, after, before)
		}
	}
}

// What a constraint refuses is told beside the column, before anything is saved and when it
// is saved, and nothing is changed.
func TestRefused(t *testing.T) {
	w := newSite(t, desk, true, Options{})
	for name, tt := range map[string]struct {
		form, to string
		fields   map[string]string
		field    string // "" for the row
		want     string
	}{
		"not null":    {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"how.1": "null"}, "1", "may not be NULL"},
		"no default":  {"/new/users", "/insert/users", map[string]string{"how.1": "default"}, "1", "may not be NULL"},
		"unique":      {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.1": "bob"}, "1", "another row has email like this"},
		"key":         {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.0": "2"}, "0", "another row has id like this"},
		"check":       {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.2": "-1"}, "2", "the CHECK is false: age >= 0"},
		"number":      {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.2": "many"}, "2", "not a number"},
		"hex":         {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"value.5": "0g"}, "5", "hexadecimal"},
		"no file":     {"/edit/users?id=eq.1", "/update/users?id=eq.1", map[string]string{"how.5": "file"}, "5", "no file"},
		"foreign key": {"/new/notes", "/insert/notes", map[string]string{"how.1": "value", "value.1": "99"}, "1", "no row of users is there"},
		"referred to": {"/edit/users?id=eq.3", "/update/users?id=eq.3", map[string]string{"value.0": "33"}, "", "rows refer to this one"},
	} {
		before := w.all("users") + w.all("notes")
		fields := w.form(tt.form)
		for k, v := range tt.fields {
			fields[k] = v
		}
		if status, body, _ := w.post(tt.to, fields, ""); status != 422 || !strings.Contains(plain(body), tt.want) {
			t.Errorf("%s: saved: %d %s", name, status, plain(body))
		}
		fields["try"] = "1"
		_, body, _ := w.post(tt.to, fields, "application/json")
		var told struct {
			Fields map[string]string
			Row    string
		}
		if err := json.Unmarshal([]byte(body), &told); err != nil {
			t.Fatal(err, body)
		}
		if got := told.Fields[tt.field] + map[bool]string{true: told.Row}[tt.field == ""]; !strings.Contains(got, tt.want) || len(told.Fields) > 1 {
			t.Errorf("%s: tried: %+v", name, told)
		}
		if w.all("users")+w.all("notes") != before {
			t.Errorf("%s: it has been written", name)
		}
	}
	fields := w.form("/delete/users?id=eq.3")
	if status, body, _ := w.post("/remove/users?id=eq.3", fields, ""); status != 409 || !strings.Contains(plain(body), "Rows of other tables refer to it") {
		t.Errorf("%d %s", status, plain(body))
	}
	if status, _, _ := w.post("/undo", nil, ""); status != 409 {
		t.Error("something can be undone")
	}
}

// A try leaves nothing; a row that somebody else has changed is told, and so is an undo that
// would change what somebody else has.
func TestMeanwhile(t *testing.T) {
	w := newSite(t, desk, true, Options{})
	other := openDB(t, w.path)
	exec := func(text string) {
		t.Helper()
		if _, err := other.Exec(text); err != nil {
			t.Fatal(err)
		}
	}
	before := w.all("users")
	fields := w.form("/edit/users?id=eq.1")
	fields["value.2"], fields["try"] = "40", "1"
	if status, body, _ := w.post("/update/users?id=eq.1", fields, ""); status != 200 || !strings.Contains(plain(body), "Nothing has been saved yet") || w.all("users") != before {
		t.Errorf("%d %s", status, plain(body))
	}
	delete(fields, "try")
	exec("UPDATE users SET age = 50 WHERE id = 1")
	status, body, _ := w.post("/update/users?id=eq.1", fields, "")
	if status != 422 || !strings.Contains(plain(body), "Somebody else has changed the row") || !strings.Contains(plain(body), "now: 50") {
		t.Errorf("%d %s", status, plain(body))
	}
	fields["seen"] = seen.FindStringSubmatch(body)[1]
	if status, body, _ := w.post("/update/users?id=eq.1", fields, ""); status != 303 {
		t.Errorf("%d %s", status, plain(body))
	}
	exec("UPDATE users SET age = 60 WHERE id = 1")
	if status, body, _ := w.post("/undo", nil, ""); status != 409 || !strings.Contains(plain(body), "somebody else has changed it since") || !strings.Contains(w.all("users"), `"ada",60`) {
		t.Errorf("%d %s", status, plain(body))
	}
	fields = w.form("/delete/users?id=eq.2")
	exec("UPDATE users SET age = 1 WHERE id = 2")
	if status, body, _ := w.post("/remove/users?id=eq.2", fields, ""); status != 409 || !strings.Contains(plain(body), "Somebody else") {
		t.Errorf("%d %s", status, plain(body))
	}
	fields = w.form("/edit/users?id=eq.2")
	exec("DELETE FROM users WHERE id = 2")
	if status, _, _ := w.post("/update/users?id=eq.2", fields, ""); status != 404 {
		t.Error(status)
	}
}

// Without --write nothing is written, whatever is sent.
func TestReadOnly(t *testing.T) {
	w := newSite(t, desk, false, Options{})
	before := w.all("users")
	for _, path := range []string{"/insert/users", "/update/users?id=eq.1", "/remove/users?id=eq.1", "/undo"} {
		if status, _, _ := w.post(path, map[string]string{"how.1": "value", "value.1": "x", "seen": "x"}, ""); status != 403 && status != 409 {
			t.Errorf("%s: %d", path, status)
		}
	}
	if w.all("users") != before {
		t.Error("it has been written")
	}
	if _, err := w.db.reads.Exec("DELETE FROM users"); err == nil {
		t.Error("the connection writes")
	}
}
