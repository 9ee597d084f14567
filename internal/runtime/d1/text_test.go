package d1

import (
	"errors"
	"strings"
	"testing"
)

func TestRender(t *testing.T) {
	for _, test := range []struct{ sql, want string }{
		{"SELECT ?, ?", "SELECT (+CAST(?1 AS INTEGER)), ?2"},
		{"SELECT ?2, ?1, ?", "SELECT ?2, (+CAST(?1 AS INTEGER)), ?3"},
		{"SELECT :a, @a, $a, :a", "SELECT (+CAST(?1 AS INTEGER)), ?2, ?3, (+CAST(?1 AS INTEGER))"},
		{"SELECT '?', \"?\", `?`, [?], '''?', ? -- ?\n, /* ? */ ?", "SELECT '?', \"?\", `?`, [?], '''?', (+CAST(?1 AS INTEGER)) -- ?\n, /* ? */ ?2"},
		{"SELECT a$b, é?, x'00', 1e5, $a::b(c) FROM \"", "SELECT a$b, é(+CAST(?1 AS INTEGER)), x'00', 1e5, ?2 FROM \""},
	} {
		p, err := parse(test.sql)
		if err != nil {
			t.Fatal(err)
		}
		var first set
		first.add(1)
		if got := p.render(first); got != test.want {
			t.Errorf("%s\n  is %s\nwant %s", test.sql, got, test.want)
		}
	}
	p, err := parse("SELECT ?")
	if err != nil {
		t.Fatal(err)
	}
	if got := p.render(set{}); got != "SELECT ?" {
		t.Errorf("without an integer it is %s", got)
	}
}

func TestTooManyParameters(t *testing.T) {
	most := strings.Repeat(",?", MaxParameters)
	if _, err := parse("SELECT " + most[1:]); err != nil {
		t.Error(err)
	}
	for _, sql := range []string{"SELECT ?" + most, "SELECT ?101", "SELECT ?99999999999999999999", "SELECT ?0"} {
		if _, err := parse(sql); err == nil {
			t.Errorf("no error for %.20s", sql)
		}
	}
	if _, err := parse("SELECT ?" + most); !errors.Is(err, ErrParameters) {
		t.Error(err)
	}
}

func TestSelects(t *testing.T) {
	for sql, want := range map[string]bool{
		"SELECT 1": true, "-- name: X :many\n /* SELECT */\tselect 1": true, "": false, "-- SELECT": false,
		"INSERT INTO a SELECT 1": false, "WITH a AS (SELECT 1) DELETE FROM b": false, "SELECTS": false, "(SELECT 1)": false,
	} {
		if got := selects(sql); got != want {
			t.Errorf("%q: %v", sql, got)
		}
	}
}
