package sqltext_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

func TestTokens(t *testing.T) {
	type k = sqltext.Token
	const (
		illegal  = sqltext.Illegal
		comment  = sqltext.Comment
		word     = sqltext.Word
		quoted   = sqltext.Quoted
		str      = sqltext.String
		blob     = sqltext.Blob
		integer  = sqltext.Integer
		float    = sqltext.Float
		variable = sqltext.Variable
		op       = sqltext.Op
	)
	tests := []struct {
		sql  string
		want []k // without spaces
	}{
		{"a.b", []k{{word, "a", 0}, {op, ".", 1}, {word, "b", 2}}},
		{"naïve $x", []k{{word, "naïve", 0}, {variable, "$x", 7}}},
		{`"a""b" [c d] ` + "`e`", []k{{quoted, `"a""b"`, 0}, {quoted, "[c d]", 7}, {quoted, "`e`", 13}}},
		{"'it''s' ?", []k{{str, "'it''s'", 0}, {variable, "?", 8}}},
		{"x'0aF1' X'0'", []k{{blob, "x'0aF1'", 0}, {illegal, "X'0'", 8}}},
		{"x'0a' X''", []k{{blob, "x'0a'", 0}, {blob, "X''", 6}}},
		{"1 1_000 0x1F 0x1_F", []k{{integer, "1", 0}, {integer, "1_000", 2}, {integer, "0x1F", 8}, {integer, "0x1_F", 13}}},
		{"1. .5 1e9 1.5E-3", []k{{float, "1.", 0}, {float, ".5", 3}, {float, "1e9", 6}, {float, "1.5E-3", 10}}},
		{"1a 1__0 1_ 0xg", []k{{illegal, "1a", 0}, {integer, "1__0", 3}, {integer, "1_", 8}, {illegal, "0xg", 11}}}, // the grammar refuses the underscores
		{"?1?", []k{{variable, "?1", 0}, {variable, "?", 2}}},
		{":a @b $c::d(e) #1", []k{{variable, ":a", 0}, {variable, "@b", 3}, {variable, "$c::d(e)", 6}, {variable, "#1", 15}}},
		{": a", []k{{illegal, ":", 0}, {word, "a", 2}}},
		{"$a(b c", []k{{illegal, "$a(b", 0}, {word, "c", 5}}},
		{"a--b\nc", []k{{word, "a", 0}, {comment, "--b", 1}, {word, "c", 5}}},
		{"a/*'*/b/**/", []k{{word, "a", 0}, {comment, "/*'*/", 1}, {word, "b", 6}, {comment, "/**/", 7}}},
		{"a/*b", []k{{word, "a", 0}, {comment, "/*b", 1}}},
		{"/*/ */", []k{{comment, "/*/ */", 0}}},
		{"/*", []k{{op, "/", 0}, {op, "*", 1}}},
		{"'a", []k{{illegal, "'a", 0}}},
		{"[a", []k{{illegal, "[a", 0}}},
		{"a->>b->c||d", []k{{word, "a", 0}, {op, "->>", 1}, {word, "b", 4}, {op, "->", 5}, {word, "c", 7}, {op, "||", 8}, {word, "d", 10}}},
		{"== = <> != <= >= << >> < > !", []k{
			{op, "==", 0}, {op, "=", 3}, {op, "<>", 5}, {op, "!=", 8}, {op, "<=", 11}, {op, ">=", 14},
			{op, "<<", 17}, {op, ">>", 20}, {op, "<", 23}, {op, ">", 25}, {illegal, "!", 27},
		}},
		{"\ufeffa", []k{{word, "a", 3}}},
		{"a\x00b", []k{{word, "a", 0}, {illegal, "\x00", 1}, {word, "b", 2}}},
		{" \v\va", []k{{word, "a", 3}}},
		{"\va", []k{{illegal, "\v", 0}, {word, "a", 1}}},
	}
	for _, test := range tests {
		t.Run(test.sql, func(t *testing.T) {
			var got []k
			for _, tok := range sqltext.Tokens(test.sql) {
				if tok.Kind != sqltext.Space {
					got = append(got, tok)
				}
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("Tokens(%q) (-want +got):\n%s", test.sql, diff)
			}
		})
	}
}

func TestUnquote(t *testing.T) {
	for text, want := range map[string]string{
		`plain`: "plain", `"a""b"`: `a"b`, "`a``b`": "a`b", `[a"b]`: `a"b`, `'it''s'`: "it's",
		`""`: "", `"`: `"`, `[`: `[`, `[a`: `[a`, `"a`: `"a`, ``: "",
	} {
		if got := sqltext.Unquote(text); got != want {
			t.Errorf("Unquote(%s) = %s, want %s", text, got, want)
		}
	}
}

func TestPosition(t *testing.T) {
	const sql = "é\n\nab"
	for _, test := range []struct{ offset, line, col int }{
		{-1, 1, 1}, {0, 1, 1}, {2, 1, 3}, {3, 2, 1}, {4, 3, 1}, {5, 3, 2}, {6, 3, 3}, {99, 3, 3},
	} {
		line, col := sqltext.Position(sql, test.offset)
		if line != test.line || col != test.col {
			t.Errorf("Position(%d) = %d:%d, want %d:%d", test.offset, line, col, test.line, test.col)
		}
	}
}

func TestSplit(t *testing.T) {
	tests := []struct {
		sql  string
		want []sqltext.Statement
	}{
		{"", nil},
		{" ; -- nothing\n;", nil},
		{"SELECT 1", []sqltext.Statement{{"SELECT 1", 0, false}}},
		{"/* a */ SELECT ';' /* b */ ; SELECT 2;", []sqltext.Statement{{"SELECT ';'", 8, true}, {"SELECT 2", 29, true}}},
		{
			"CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2; END; SELECT 3",
			[]sqltext.Statement{
				{"CREATE TEMP TRIGGER t AFTER INSERT ON a BEGIN SELECT CASE 1 WHEN 1 THEN 2 END; SELECT 2; END", 0, true},
				{"SELECT 3", 94, false},
			},
		},
		{
			"EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END;",
			[]sqltext.Statement{{"EXPLAIN QUERY PLAN CREATE TRIGGER t AFTER INSERT ON a BEGIN SELECT 1; END", 0, true}},
		},
		{
			`CREATE TABLE "trigger" (a); CREATE TABLE b (a)`,
			[]sqltext.Statement{{`CREATE TABLE "trigger" (a)`, 0, true}, {"CREATE TABLE b (a)", 28, false}},
		},
	}
	for _, test := range tests {
		if diff := cmp.Diff(test.want, sqltext.Split(test.sql)); diff != "" {
			t.Errorf("Split(%q) (-want +got):\n%s", test.sql, diff)
		}
	}
}
