//go:build !js

package rqlite

import (
	"database/sql/driver"
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"
)

// Whatever a server answers is read without a panic: as rows of the right width, or not
// at all. What is read is JSON.
func FuzzAnswer(f *testing.F) {
	for _, text := range []string{
		`{"results":[{"last_insert_id":1,"rows_affected":2},{"columns":["a","b"],"types":["integer","blob"],"values":[[1,[0,255]],[null,[]]]}],"raft_index":7}`,
		`{"results":[{"error":"no such table: t"}],"error":"not leader","time":0.1}`,
		`{"results":[{"columns":["a"],"types":["datetime"],"values":[["\ufffd\\ufffd\u00e9"],[true],[-1.5e3]]}]}`,
		`{"results":[{"values":[[]]}]}`, `{"results":[{"columns":["a"],"types":["x"],"values":[[[1,[2}]]]}`, "{}", "", `{"results":[`,
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		a, err := readAnswer(text, 1)
		if err != nil {
			if !errors.Is(err, ErrAnswer) {
				t.Fatal(err)
			}
			return
		}
		for _, r := range a.results {
			if len(r.columns) != len(r.types) {
				t.Fatalf("%d columns, %d types", len(r.columns), len(r.types))
			}
			sure := true
			for from := r.open(); ; {
				row := make([]driver.Value, len(r.columns))
				err := from.Next(row)
				if errors.Is(err, io.EOF) {
					break
				}
				if err != nil {
					sure = false
					break
				}
				for _, v := range row {
					if s, ok := v.(string); ok && sure && utf8.ValidString(text) && !utf8.ValidString(s) {
						t.Errorf("%q is not UTF-8", s)
					}
				}
			}
			_, _ = r.whole()
		}
	})
}

// What is bound is JSON that rqlite reads as the same value.
func FuzzArguments(f *testing.F) {
	f.Add("x'00'", int64(-1), 5.0, []byte{0, 255})
	f.Add(" X'ab' \x00\n\"\\\u2028", int64(1<<53+1), 1e21, []byte(nil))
	f.Fuzz(func(t *testing.T, text string, n int64, float float64, blob []byte) {
		list, err := newText("SELECT ?, ?, ?, ?")
		if err != nil {
			t.Fatal(err)
		}
		b, err := appendStatement(nil, reading, list, []driver.Value{text, n, float, blob})
		if err != nil {
			if utf8.ValidString(text) && float-float == 0 {
				t.Errorf("%q, %v: %v", text, float, err)
			}
			return
		}
		var got []any
		dec := json.NewDecoder(strings.NewReader(string(b)))
		dec.UseNumber()
		if err := dec.Decode(&got); err != nil {
			t.Fatalf("%s: %v", b, err)
		}
		bytes := func(v any) (b []byte) {
			for _, n := range v.([]any) {
				i, err := n.(json.Number).Int64()
				if err != nil {
					t.Fatal(err)
				}
				b = append(b, byte(i))
			}
			return b
		}
		switch v := got[1].(type) {
		case string:
			if v != text || isHex(v) {
				t.Errorf("%q is sent as %q", text, v)
			}
		default:
			if string(bytes(v)) != text || !strings.Contains(got[0].(string), "(+CAST(?1 AS TEXT))") {
				t.Errorf("%q is sent as %v of %q", text, v, got[0])
			}
		}
		if i, err := got[2].(json.Number).Int64(); err != nil || i != n {
			t.Errorf("%d is sent as %v", n, got[2])
		}
		number := got[3].(json.Number)
		if v, err := number.Float64(); err != nil || v != float || !strings.ContainsAny(number.String(), ".e") {
			t.Errorf("%v is sent as %v", float, number)
		}
		if blob == nil {
			if got[4] != nil {
				t.Errorf("nil is sent as %v", got[4])
			}
		} else if string(bytes(got[4])) != string(blob) {
			t.Errorf("%x is sent as %v", blob, got[4])
		}
	})
}

// Whatever a text is, it is read without a panic, and what is made of it is one statement.
func FuzzStatement(f *testing.F) {
	for _, text := range []string{
		"INSERT INTO \"t\" (a) VALUES (?) RETURNING id, t.at AS x, *, 'a' || b c, count(*)", "UPDATE OR IGNORE main.t SET a = 1 RETURNING *", "DELETE FROM t RETURNING",
		"SELECT a.* FROM t; -- x", "CREATE TRIGGER x AFTER INSERT ON t BEGIN SELECT 1; END;", "returning a RETURNING b", "WITH a AS (SELECT 1 RETURNING 2) UPDATE [t] SET b = '",
	} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, sql string) {
		text, err := newText(sql)
		if err != nil {
			return
		}
		if described, _, ok := text.returned(); ok {
			if _, err := newText(described); err != nil && !errors.Is(err, ErrStatement) && !strings.Contains(err.Error(), "parameter") {
				t.Errorf("%q is described by %q: %v", sql, described, err)
			}
		}
		text.forms.describe(text, []string{"a", "b"}, []string{"", "datetime"}, confused)
		text.forms.forget()
	})
}
