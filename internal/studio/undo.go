package studio

import (
	"fmt"
	"net/http"
	"strings"
	"sync"

	"github.com/dreysql/drey/internal/sqlite"
)

// undoLog has what can be undone, for as long as studio runs.
type undoLog struct {
	mu   sync.Mutex
	list []undoable
}

// undoable is a change that has been made.
type undoable struct {
	what       string
	statements []string
	why        string // it cannot be undone, "" if it can
}

// mostUndo is how many changes are kept.
const mostUndo = 100

func (u *undoLog) push(one undoable) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if one.why == "" && len(one.statements) == 0 {
		return // it has changed nothing
	}
	u.list = append(u.list, one)
	if len(u.list) > mostUndo {
		u.list = u.list[1:]
	}
}

// last is what would be undone next, "" if nothing would be.
func (u *undoLog) last() string {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) == 0 {
		return ""
	}
	return u.list[len(u.list)-1].what
}

func (u *undoLog) pop() (one undoable, ok bool) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if len(u.list) == 0 {
		return one, false
	}
	one = u.list[len(u.list)-1]
	u.list = u.list[:len(u.list)-1]
	return one, true
}

// undoLast undoes the last change, if the rows are still as it has left them.
func undoLast(r *request) (*answer, error) {
	one, ok := r.undo.pop()
	if !ok {
		return nil, &problem{Status: http.StatusConflict, Title: "There is nothing to undo"}
	}
	if one.why != "" {
		return nil, &problem{Status: http.StatusConflict, Title: strings.ToUpper(one.what[:1]) + one.what[1:] + " cannot be undone", Detail: one.why + "."}
	}
	if err := r.db.undo(one.statements); err != nil {
		return nil, &problem{Status: http.StatusConflict, Title: strings.ToUpper(one.what[:1]) + one.what[1:] + " has not been undone", Detail: err.Error()}
	}
	to := r.PostFormValue("back")
	if !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		to = "/"
	}
	return &answer{to: to}, nil
}

// undo runs statements, each of which changes one row, in one transaction and without
// triggers: what these have changed is among the statements.
func (d *Database) undo(statements []string) (err error) {
	c, err := sqlite.WriteFile(d.Path)
	if err != nil {
		return err
	}
	defer c.Close()
	if err := c.Exec("BEGIN IMMEDIATE; PRAGMA defer_foreign_keys = 1"); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			c.Exec("ROLLBACK") // which SQLite may have done
		}
	}()
	for _, text := range statements {
		if err := c.Exec(text); err != nil {
			return err
		}
		changed, err := c.Strings("SELECT changes()")
		if err != nil {
			return err
		}
		if changed[0] != "1" {
			return fmt.Errorf("a row is not as the change has left it: somebody else has changed it since")
		}
	}
	return c.Exec("COMMIT")
}
