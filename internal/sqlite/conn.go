package sqlite

import (
	"fmt"
	"strings"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Conn is a connection through SQLite's C interface. It is not safe for
// concurrent use.
type Conn struct {
	tls *libc.TLS
	db  uintptr
}

const pointerSize = unsafe.Sizeof(uintptr(0))

// setting is an option of sqlite3_db_config that is on or off.
type setting struct {
	option, on int32
}

// strict are the settings under which a statement is judged before it becomes code.
var strict = []setting{
	{sqlite3.SQLITE_DBCONFIG_DQS_DML, 0},
	{sqlite3.SQLITE_DBCONFIG_DQS_DDL, 0},
	{sqlite3.SQLITE_DBCONFIG_ENABLE_FKEY, 1},
}

func open(uri string, settings []setting) (*Conn, error) {
	c := &Conn{tls: libc.NewTLS()}
	name, err := libc.CString(uri)
	if err != nil {
		c.tls.Close()
		return nil, fmt.Errorf("open database in memory: %w", err)
	}
	defer libc.Xfree(c.tls, name)
	out := libc.Xcalloc(c.tls, 1, libc.Tsize_t(pointerSize))
	defer libc.Xfree(c.tls, out)
	const flags = sqlite3.SQLITE_OPEN_READWRITE | sqlite3.SQLITE_OPEN_CREATE | sqlite3.SQLITE_OPEN_URI
	rc := sqlite3.Xsqlite3_open_v2(c.tls, name, out, flags, 0)
	c.db = pointer(out)
	if rc != sqlite3.SQLITE_OK {
		err := fmt.Errorf("open database in memory: %s", libc.GoString(sqlite3.Xsqlite3_errstr(c.tls, rc)))
		c.Close()
		return nil, err
	}
	for _, s := range settings {
		args := libc.NewVaList(s.on, uintptr(0))
		rc := sqlite3.Xsqlite3_db_config(c.tls, c.db, s.option, args)
		libc.Xfree(c.tls, args)
		if rc != sqlite3.SQLITE_OK {
			err := fmt.Errorf("open database in memory: option %d: %w", s.option, c.error())
			c.Close()
			return nil, err
		}
	}
	return c, nil
}

// Close closes the connection.
func (c *Conn) Close() error {
	rc := sqlite3.Xsqlite3_close_v2(c.tls, c.db)
	c.tls.Close()
	if rc != sqlite3.SQLITE_OK {
		return fmt.Errorf("close database in memory: result code %d", rc)
	}
	return nil
}

// pointer reads a pointer that C code has stored at p.
func pointer(p uintptr) uintptr { return libc.AtomicLoadPUintptr(p) }

// Error is an error of SQLite's.
type Error struct {
	Code   int    // extended result code, see https://www.sqlite.org/rescode.html
	Msg    string // as sqlite3_errmsg has it
	Offset int    // of the token at fault, in bytes, -1 if SQLite does not say
}

func (e *Error) Error() string { return e.Msg }

func (c *Conn) error() *Error {
	return &Error{
		Code:   int(sqlite3.Xsqlite3_extended_errcode(c.tls, c.db)),
		Msg:    libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db)),
		Offset: int(sqlite3.Xsqlite3_error_offset(c.tls, c.db)),
	}
}

// Exec runs all statements of sql and ignores the rows that they return. Its error
// is an [*Error] with an offset in the whole of sql. If SQLite does not report one,
// it is where the statement begins, or the blanks and comments above it.
func (c *Conn) Exec(sql string) error {
	rest := sql
	for rest != "" {
		stmt, tail, err := c.prepare(rest)
		if err == nil && stmt != 0 {
			for rc := int32(sqlite3.SQLITE_ROW); rc == sqlite3.SQLITE_ROW; {
				if rc = sqlite3.Xsqlite3_step(c.tls, stmt); rc != sqlite3.SQLITE_ROW && rc != sqlite3.SQLITE_DONE {
					err = c.error()
				}
			}
			sqlite3.Xsqlite3_finalize(c.tls, stmt)
		}
		if err != nil {
			if err.Offset >= 0 {
				err.Offset += len(sql) - len(rest)
			} else {
				err.Offset = len(sql) - len(rest)
			}
			return err
		}
		rest = tail
	}
	return nil
}

// prepare prepares the first statement of sql and returns the text after it. stmt
// is 0 if there is no statement. SQLite would silently ignore everything after a
// NUL byte, so a NUL is an error.
func (c *Conn) prepare(sql string) (stmt uintptr, tail string, err *Error) {
	if nul := strings.IndexByte(sql, 0); nul >= 0 {
		return 0, "", &Error{Code: sqlite3.SQLITE_ERROR, Msg: "NUL character in the SQL text", Offset: nul}
	}
	text, cerr := libc.CString(sql)
	if cerr != nil {
		return 0, "", &Error{Msg: cerr.Error(), Offset: -1}
	}
	defer libc.Xfree(c.tls, text)
	out := libc.Xcalloc(c.tls, 2, libc.Tsize_t(pointerSize))
	defer libc.Xfree(c.tls, out)
	if sqlite3.Xsqlite3_prepare_v2(c.tls, c.db, text, -1, out, out+pointerSize) != sqlite3.SQLITE_OK {
		return 0, "", c.error()
	}
	return pointer(out), sql[pointer(out+pointerSize)-text:], nil
}
