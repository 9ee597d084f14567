package sqlite

import (
	"fmt"
	"unsafe"

	"modernc.org/libc"
	sqlite3 "modernc.org/sqlite/lib"
)

// Conn is a connection through SQLite's C interface. It is not safe for
// concurrent use.
//
// A string in double quotes is an identifier to it and nothing else: SQLite
// takes one that names no column for a string literal otherwise, which hides a
// misspelt column. See https://www.sqlite.org/quirks.html#dblquote.
type Conn struct {
	tls *libc.TLS
	db  uintptr
}

const pointerSize = unsafe.Sizeof(uintptr(0))

func open(uri string) (*Conn, error) {
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
	for _, option := range []int32{sqlite3.SQLITE_DBCONFIG_DQS_DML, sqlite3.SQLITE_DBCONFIG_DQS_DDL} {
		args := libc.NewVaList(int32(0), uintptr(0))
		sqlite3.Xsqlite3_db_config(c.tls, c.db, option, args)
		libc.Xfree(c.tls, args)
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
	Offset int    // of the token at fault, in bytes, -1 where SQLite does not say
}

func (e *Error) Error() string { return e.Msg }

func (c *Conn) error() *Error {
	return &Error{
		Code:   int(sqlite3.Xsqlite3_extended_errcode(c.tls, c.db)),
		Msg:    libc.GoString(sqlite3.Xsqlite3_errmsg(c.tls, c.db)),
		Offset: int(sqlite3.Xsqlite3_error_offset(c.tls, c.db)),
	}
}

// Exec runs all statements of sql and drops what they return. The offset of an
// error is in the whole of sql.
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

// prepare prepares the first statement of sql, 0 where there is none, and
// returns what follows it.
func (c *Conn) prepare(sql string) (stmt uintptr, tail string, err *Error) {
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
