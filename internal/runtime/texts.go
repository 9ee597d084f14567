package runtime

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"strings"
)

// kind is what a statement does with the database.
type kind uint8

const (
	writing     kind = iota // it may change the database
	reading                 // it cannot
	controlling             // it begins or ends a transaction
)

// leading has the kind of the statements that begin with a word. All others
// may write. WITH is looked into.
var leading = map[string]kind{
	"SELECT": reading, "VALUES": reading, "EXPLAIN": reading,
	"BEGIN": controlling, "COMMIT": controlling, "END": controlling, "ROLLBACK": controlling,
	"SAVEPOINT": controlling, "RELEASE": controlling,
}

// kindOf tells the kind of a text by its words, those of its first statement.
// To be wrong is no danger: connections that read refuse to write.
func kindOf(query string) kind {
	w := words{text: query}
	first := w.next()
	if k, ok := leading[first]; ok {
		return k
	}
	if first != "WITH" {
		return writing
	}
	// WITH [RECURSIVE] name [(columns)] AS [[NOT] MATERIALIZED] (query), …
	name := true
	for {
		switch word := w.next(); {
		case word == "":
			return writing
		case word == ",":
			name = true
		case word == "RECURSIVE" && name:
		case name:
			name = false
		case word == "SELECT", word == "VALUES":
			return reading
		case word == "INSERT", word == "REPLACE", word == "UPDATE", word == "DELETE":
			return writing
		}
	}
}

// words reads the words of a text that stand outside of parentheses, in upper
// case, and its commas. Names in quotes are words of one quote.
type words struct {
	text string
	at   int
	all  bool // also those inside of parentheses, these, and parameters
}

func (w *words) next() string {
	depth := 0
	for w.at < len(w.text) {
		c, from := w.text[w.at], w.at
		w.at++
		switch {
		case c == '-' && strings.HasPrefix(w.text[w.at:], "-"):
			w.skipTo("\n")
		case c == '/' && strings.HasPrefix(w.text[w.at:], "*"):
			w.at++
			w.skipTo("*/")
		case c == '\'', c == '"', c == '`', c == '[':
			end := c
			if c == '[' {
				end = ']'
			}
			w.skipTo(string(end)) // a doubled quote begins what is skipped next
			if depth == 0 {
				return string(c)
			}
		case w.all && (c == '(' || c == ')'):
			return string(c)
		case w.all && (c == '?' || c == ':' || c == '@'):
			w.skipWord()
			return strings.ToUpper(w.text[from:w.at])
		case c == '(':
			depth++
		case c == ')':
			depth--
		case depth > 0:
		case c == ',':
			return ","
		case isWord(c):
			w.skipWord()
			return strings.ToUpper(w.text[from:w.at])
		}
	}
	return ""
}

func (w *words) skipWord() {
	for w.at < len(w.text) && isWord(w.text[w.at]) {
		w.at++
	}
}

func isWord(c byte) bool {
	return c == '_' || c == '$' || c >= 0x80 || '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'z'
}

func (w *words) skipTo(end string) {
	if i := strings.Index(w.text[w.at:], end); i >= 0 {
		w.at += i + len(end)
		return
	}
	w.at = len(w.text)
}

// texts runs the texts that the caller has written, each on the connections
// that it is for.
type texts struct{ s *session }

// at is where a text runs, and the pool that the caller has to leave.
func (t texts) at(ctx context.Context, query string) (DBTX, *pool, error) {
	k := kindOf(query)
	p, err := t.s.poolFor(k)
	if err != nil {
		return nil, nil, err
	}
	switch {
	case t.s.tape != nil:
		return t.s.tape.db, nil, nil
	case t.s.tx != nil:
		return t.s.tx, nil, nil
	}
	if k == writing {
		if err := p.foreign.writable(ctx); err != nil {
			return nil, nil, err
		}
	}
	return p.db, p, p.enter(ctx)
}

func (t texts) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	db, p, err := t.at(ctx, query)
	if err != nil {
		return nil, err
	}
	defer p.leave()
	defer p.wrote(ctx)
	if args, err = t.s.writes.foreign.bind(args); err != nil {
		return nil, err
	}
	return db.ExecContext(ctx, query, args...)
}

func (t texts) PrepareContext(ctx context.Context, query string) (*sql.Stmt, error) {
	db, p, err := t.at(ctx, query)
	if err != nil {
		return nil, err
	}
	defer p.leave()
	return db.PrepareContext(ctx, query)
}

func (t texts) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	db, p, err := t.at(ctx, query)
	if err != nil {
		return nil, err
	}
	defer p.leave()
	if args, err = t.s.writes.foreign.bind(args); err != nil {
		return nil, err
	}
	return db.QueryContext(ctx, query, args...)
}

func (t texts) QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row {
	db, p, err := t.at(ctx, query)
	if err != nil {
		return rowOf(err)
	}
	defer p.leave()
	if args, err = t.s.writes.foreign.bind(args); err != nil {
		return rowOf(err)
	}
	return db.QueryRowContext(ctx, query, args...)
}

// rowOf is a row whose Scan fails with err, which must not be
// [driver.ErrBadConn]. Nobody but database/sql can make one.
func rowOf(err error) *sql.Row {
	db := sql.OpenDB(failing{err})
	defer db.Close()
	return db.QueryRowContext(context.Background(), "")
}

// failing connects to nothing.
type failing struct{ err error }

func (f failing) Connect(context.Context) (driver.Conn, error) { return nil, f.err }
func (f failing) Driver() driver.Driver                        { return f }
func (f failing) Open(string) (driver.Conn, error)             { return nil, f.err }
