package schemachange

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// change says what in a text changes the schema, or "". Changes of the temporary
// tables, which are given by name in lower case, do not count.
func change(sql string, temporary map[string]bool) string {
	for _, s := range sqltext.Split(sql) {
		tokens := sqltext.Significant(s.Text)
		if what := ddl(tokens, temporary); what != "" {
			return what
		}
		if what := catalogue(tokens); what != "" {
			return what
		}
	}
	return ""
}

// kinds are what a schema is made of.
var kinds = []string{"TABLE", "INDEX", "VIEW", "TRIGGER"}

// versions is the table in which goose records what it has applied.
const versions = "goose_db_version"

// ddl names a CREATE, ALTER or DROP of the main schema.
func ddl(tokens []sqltext.Token, temporary map[string]bool) string {
	verb, kind, rest, temp := definition(tokens)
	if verb == "" || temp {
		return ""
	}
	name, schema, rest := objectName(rest)
	if schema != "" && !sqltext.EqualFold(schema, "main") || sqltext.EqualFold(name, versions) {
		return ""
	}
	if verb != "CREATE" && temporary[sqltext.Fold(name)] || verb == "CREATE" && (kind == "INDEX" || kind == "TRIGGER") && temporary[sqltext.Fold(onTable(rest))] {
		return ""
	}
	what := verb + " " + kind
	if name != "" {
		what += " " + name
	}
	return what
}

// definition splits the beginning of a DDL statement; verb is "" for any other
// statement.
func definition(tokens []sqltext.Token) (verb, kind string, rest []sqltext.Token, temp bool) {
	if len(tokens) < 2 || !slices.ContainsFunc([]string{"CREATE", "ALTER", "DROP"}, tokens[0].Is) {
		return "", "", nil, false
	}
	verb = strings.ToUpper(tokens[0].Text)
	rest = tokens[1:]
	for len(rest) > 0 && slices.ContainsFunc([]string{"TEMP", "TEMPORARY", "UNIQUE", "VIRTUAL", "OR", "REPLACE"}, rest[0].Is) {
		temp = temp || rest[0].Is("TEMP") || rest[0].Is("TEMPORARY")
		rest = rest[1:]
	}
	if len(rest) == 0 || !slices.ContainsFunc(kinds, rest[0].Is) {
		return "", "", nil, false
	}
	kind, rest = strings.ToUpper(rest[0].Text), rest[1:]
	for len(rest) > 0 && slices.ContainsFunc([]string{"IF", "NOT", "EXISTS"}, rest[0].Is) {
		rest = rest[1:]
	}
	return verb, kind, rest, temp
}

// objectName reads [schema.]name. The name is "" if the text ends before it.
func objectName(tokens []sqltext.Token) (name, schema string, rest []sqltext.Token) {
	if len(tokens) == 0 || !tokens[0].Ident() {
		return "", "", tokens
	}
	if len(tokens) > 2 && tokens[1].Is(".") {
		return tokens[2].Name(), tokens[0].Name(), tokens[3:]
	}
	return tokens[0].Name(), "", tokens[1:]
}

// onTable returns the table after ON.
func onTable(tokens []sqltext.Token) string {
	for i, t := range tokens {
		if t.Is("ON") && i+1 < len(tokens) {
			return tokens[i+1].Name()
		}
	}
	return ""
}

// collectTemporary collects the temporary tables that a text creates.
func collectTemporary(sql string, into map[string]bool) {
	for _, s := range sqltext.Split(sql) {
		verb, _, rest, temp := definition(sqltext.Significant(s.Text))
		name, schema, _ := objectName(rest)
		if verb == "CREATE" && name != "" && (temp || sqltext.EqualFold(schema, "temp")) {
			into[sqltext.Fold(name)] = true
		}
	}
}

// catalogue names the statement if it writes SQLite's own schema table.
func catalogue(tokens []sqltext.Token) string {
	is := func(i int, words ...string) bool {
		return i < len(tokens) && slices.ContainsFunc(words, func(w string) bool { return sqltext.EqualFold(tokens[i].Name(), w) })
	}
	if is(0, "PRAGMA") {
		if len(tokens) > 3 && tokens[2].Is(".") {
			tokens = tokens[2:]
		}
		if is(1, "writable_schema") && len(tokens) > 3 && (tokens[2].Is("=") || tokens[2].Is("(")) && is(3, "1", "ON", "TRUE", "YES") {
			return "PRAGMA writable_schema"
		}
		return ""
	}
	if !is(0, "UPDATE", "INSERT", "DELETE", "REPLACE") {
		return ""
	}
	for i := 1; i < min(len(tokens), 7); i++ {
		switch {
		case is(i, "sqlite_master", "sqlite_schema"):
			return strings.ToUpper(tokens[0].Text) + " of " + tokens[i].Name()
		case is(i, "SET", "VALUES", "WHERE", "SELECT"), tokens[i].Is("("):
			return ""
		}
	}
	return ""
}
