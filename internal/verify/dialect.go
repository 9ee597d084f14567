package verify

import (
	"fmt"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/schema"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// dialects are words of other databases that SQLite reports as a syntax error or
// reads as a function, and what SQLite has instead. They are looked for if SQLite
// has refused the statement. Each word may be one of several, as in "UPDATE|SHARE".
var dialects = []struct {
	words string
	fix   func(s *schema.Schema, tokens []sqltext.Token) string
}{
	{"DELETE FROM * LIMIT", limited},
	{"UPDATE * LIMIT", limited},
	{"ILIKE", just("write LIKE: it ignores the case of ASCII letters")},
	{"= ANY (", just("write IN (sqlc.slice(names))")},
	{"FOR UPDATE|SHARE|NO|KEY", just("leave it out: a transaction of SQLite that writes has the database for itself")},
	{"ON DUPLICATE KEY", just("write ON CONFLICT (key) DO UPDATE SET a = excluded.a")},
	{"INSERT IGNORE", just("write INSERT OR IGNORE, or ON CONFLICT DO NOTHING")},
	{"DISTINCT ON (", just("write row_number() OVER (PARTITION BY … ORDER BY …) AS n in a subquery, and WHERE n = 1 around it")},
	{"INTERVAL", just("write datetime('now', '-7 days'), with the span as a modifier")},
	{"TRUNCATE", just("write DELETE FROM t")},
	{"NOW (", just("write CURRENT_TIMESTAMP")},
	{"LATERAL", just("write the subquery where its value is used, or a join on the columns that it compares")},
	{"USING", just("write WHERE EXISTS (SELECT 1 FROM other WHERE other.key = t.key)")},
}

func just(fix string) func(*schema.Schema, []sqltext.Token) string {
	return func(*schema.Schema, []sqltext.Token) string { return fix }
}

// dialect returns the fix for a word of another database in the statement, or "".
// at is where SQLite has stopped: the word is there or before it.
func dialect(s *schema.Schema, sql string, at int) string {
	tokens := sqltext.Significant(sql)
	stopped := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return t.Start >= at })
	for _, d := range dialects {
		if end := matchWords(tokens, strings.Fields(d.words)); end > 0 && end >= stopped {
			return d.fix(s, tokens)
		}
	}
	return ""
}

// matchWords finds words one after the other. * stands for any number of tokens;
// the words before it must begin at the first token. It returns the number of the
// token after them, 0 if they are not there.
func matchWords(tokens []sqltext.Token, words []string) int {
	for i := range tokens {
		if end := matchFrom(tokens, i, words); end > 0 {
			return end
		}
		if words[len(words)-1] == "LIMIT" { // of the statement itself
			break
		}
	}
	return 0
}

func matchFrom(tokens []sqltext.Token, i int, words []string) int {
	depth := 0
	for n := 0; n < len(words); {
		if i >= len(tokens) {
			return 0
		}
		word := words[n]
		if word == "*" {
			switch t := tokens[i]; {
			case t.Is("("):
				depth++
			case t.Is(")"):
				depth--
			case depth == 0 && t.Is(words[n+1]):
				n++
				continue
			}
			i++
			continue
		}
		found := false
		for _, w := range strings.Split(word, "|") {
			found = found || tokens[i].Is(w) || tokens[i].Text == w
		}
		if !found {
			return 0
		}
		i, n = i+1, n+1
	}
	return i
}

// limited is for DELETE and UPDATE with LIMIT, which SQLite only has if it was
// built with that option.
func limited(s *schema.Schema, tokens []sqltext.Token) string {
	name := "t"
	for i := range tokens {
		if (tokens[i].Is("FROM") || tokens[i].Is("UPDATE")) && i+1 < len(tokens) && tokens[i+1].Ident() {
			name = tokens[i+1].Name()
			break
		}
	}
	key := "id"
	if t := s.Table(name); t != nil && len(t.PrimaryKey) == 1 {
		key = t.PrimaryKey[0]
	} else if t != nil && len(t.PrimaryKey) > 1 {
		key = t.PrimaryKey[len(t.PrimaryKey)-1]
		var same []string
		for _, k := range t.PrimaryKey[:len(t.PrimaryKey)-1] {
			same = append(same, fmt.Sprintf("t.%s = %s.%s", k, name, k))
		}
		return fmt.Sprintf("SQLite has no LIMIT here: write WHERE EXISTS (SELECT 1 FROM (SELECT t.* FROM %s AS t WHERE … ORDER BY … LIMIT …) AS t WHERE %s AND t.%s = %s.%s)",
			name, strings.Join(same, " AND "), key, name, key)
	}
	return fmt.Sprintf("SQLite has no LIMIT here: write WHERE %[1]s IN (SELECT t.%[1]s FROM %[2]s AS t WHERE … ORDER BY … LIMIT …), with t. before each column in it", key, name)
}
