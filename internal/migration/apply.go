package migration

import (
	"context"
	"errors"
	"fmt"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/database"
	"golang.org/x/tools/txtar"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite"
)

// Apply applies the migrations to an empty database. progress, if not nil, is
// told how many of them are done. One that fails is a [diag.Problem] at the
// line, and where SQLite tells it the column, of the failure.
func Apply(ctx context.Context, db *sqlite.Memory, files []File, progress func(done int)) ([]Migration, error) {
	rec := &recorder{}
	handle, err := db.Open(rec.watch)
	if err != nil {
		return nil, err
	}
	defer handle.Close()

	byVersion := map[int64]*File{}
	archive := &txtar.Archive{}
	for i := range files {
		f := &files[i]
		byVersion[f.version] = f
		archive.Files = append(archive.Files, txtar.File{Name: path.Base(f.Path), Data: f.Content})
	}
	fsys, err := txtar.FS(archive)
	if err != nil {
		return nil, fmt.Errorf("migrations: %w", err)
	}
	var applied []Migration
	rec.ended = func(version int64, noTx bool, sent []string) {
		f := byVersion[version]
		applied = append(applied, Migration{
			Version: version, Name: path.Base(f.Path), Path: f.Path, NoTx: noTx,
			Up: f.statements(sent),
		})
		if progress != nil {
			progress(len(applied))
		}
	}
	versions, err := database.NewStore(database.DialectSQLite3, goose.DefaultTablename)
	if err != nil {
		return nil, fmt.Errorf("goose: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectCustom, handle, fsys,
		goose.WithStore(&store{versions, rec}),
		goose.WithDisableGlobalRegistry(true),
		goose.WithLogger(goose.NopLogger()),
	)
	if err != nil {
		return nil, fmt.Errorf("goose: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return nil, explain(ctx, db, byVersion, rec, err)
	}
	return applied, nil
}

// statements finds the line of each statement that goose sent.
func (f *File) statements(sent []string) []Statement {
	list := make([]Statement, len(sent))
	text := strings.ReplaceAll(string(f.Content), "\r\n", "\n")
	at := 0
	for i, sql := range sent {
		list[i].SQL = sql
		if n := strings.Index(text[at:], sql); n >= 0 {
			list[i].Line = 1 + strings.Count(text[:at+n], "\n")
			at += n + len(sql)
		}
	}
	return list
}

// explain says where goose failed and why.
func explain(ctx context.Context, db *sqlite.Memory, files map[int64]*File, rec *recorder, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	var partial *goose.PartialError
	if !errors.As(err, &partial) {
		return unparsed(files, err)
	}
	f := files[partial.Failed.Source.Version]
	p := &diag.Problem{File: f.Path, Msg: "the migration fails: " + message(err), Err: err}
	if !rec.failed || len(rec.sent) == 0 {
		return p
	}
	list := f.statements(rec.sent)
	last := list[len(list)-1]
	p.Line = last.Line
	p.Fix = fix(last.SQL, p.Msg)
	if e := replay(db, rec.sent); e != nil {
		p.Msg = "the migration fails: " + e.Msg
		before := last.SQL[:max(0, min(e.Offset, len(last.SQL)))]
		if p.Line > 0 && e.Offset >= 0 {
			p.Line += strings.Count(before, "\n")
			p.Col = len(before) - strings.LastIndexByte(before, '\n')
		}
	}
	return p
}

// replay runs the statements of a migration that goose rolled back once more,
// through the C interface, which tells where in the text SQLite stopped. What
// is left of the database is of no use afterwards. A migration without a
// transaction may fail at another statement this time, which is no answer.
func replay(db *sqlite.Memory, sent []string) *sqlite.Error {
	c, err := db.Conn()
	if err != nil {
		return nil
	}
	defer c.Close()
	for i, sql := range sent {
		err := c.Exec(sql)
		var e *sqlite.Error
		if errors.As(err, &e) {
			if i == len(sent)-1 {
				return e
			}
			return nil
		}
	}
	return nil
}

// unparsed is for a file that goose could not even read.
func unparsed(files map[int64]*File, err error) error {
	msg := err.Error()
	for _, f := range files {
		if strings.Contains(msg, path.Base(f.Path)) {
			p := &diag.Problem{File: f.Path, Msg: "goose cannot read this migration: " + root(err), Err: err}
			for marker, fix := range parseFixes {
				if strings.Contains(msg, marker) {
					p.Fix = fix
				}
			}
			return p
		}
	}
	return fmt.Errorf("goose: %w", err)
}

// parseFixes has what to do about goose's messages.
var parseFixes = map[string]string{
	"missing semicolon":                      "end the last statement of the section with a semicolon",
	"missing '-- +goose StatementEnd'":       "put \"-- +goose StatementEnd\" below the statement",
	"duplicate '-- +goose Up'":               "keep one \"-- +goose Up\"; everything after it is one migration",
	"'-- +goose StatementBegin' must be":     "put \"-- +goose Up\" above it",
	"'-- +goose StatementEnd' must be":       "put \"-- +goose StatementBegin\" above the statement",
	"must start with '-- +goose Up'":         "put \"-- +goose Up\" above the first statement",
	"contains leading whitespace":            "write the annotation at the start of its line",
	"not supported":                          "goose knows Up, Down, StatementBegin, StatementEnd and NO TRANSACTION",
	"'-- +goose Down' must be defined after": "put \"-- +goose Up\" and its statements first",
}

// root is the innermost error's message.
func root(err error) string {
	for {
		inner := errors.Unwrap(err)
		if inner == nil {
			return err.Error()
		}
		err = inner
	}
}

// message is SQLite's message without what goose and the driver say around it.
func message(err error) string { return root(err) }

// fix is what to do about a statement that SQLite refused.
func fix(sql, msg string) string {
	upper := strings.ToUpper(sql)
	switch {
	case strings.Contains(upper, "TRIGGER") && strings.Contains(msg, "incomplete input"):
		return "goose cuts statements at each semicolon; put \"-- +goose StatementBegin\" above the trigger\n" +
			"and \"-- +goose StatementEnd\" below it"
	case strings.Contains(msg, "already exists"):
		return "an earlier migration has made it; drop it first, or choose another name"
	case strings.Contains(msg, "unknown datatype"):
		return "a STRICT table has the types INT, INTEGER, REAL, TEXT, BLOB and ANY only"
	}
	return ""
}
