package studio

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	drey "github.com/dreysql/drey/internal/runtime"
	"github.com/dreysql/drey/internal/sqlite"
)

// problem is an answer that is not what was asked for.
type problem struct {
	Status int
	Title  string
	Detail string
	Lines  []string // of what is wrong
	SQL    string
}

func (p *problem) Error() string {
	return strings.TrimSpace(p.Title + ": " + p.Detail + " " + strings.Join(p.Lines, "; "))
}

// problemOf says what an error means to whoever looks at the page.
func (s *Studio) problemOf(ctx context.Context, err error) *problem {
	var p *problem
	var filters drey.FilterErrors
	switch {
	case errors.As(err, &p):
		return p
	case errors.As(err, &filters):
		p = &problem{Status: 400, Title: "The address is not understood"}
		for _, e := range filters {
			p.Lines = append(p.Lines, e.Error())
		}
		return p
	case errors.Is(err, errOffset):
		return &problem{Status: 400, Title: "The address is not understood", Lines: []string{err.Error()}}
	case errors.Is(err, drey.ErrCursorSize):
		return &problem{Status: 422, Title: "The values of the order are too long for a page's address", Detail: "Order by another column."}
	case errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil || drey.FailureOf(err) == drey.Canceled:
		return &problem{
			Status: 503, Title: fmt.Sprintf("Stopped after %s", s.options.Limit.Round(time.Millisecond)),
			Detail: "SQLite was still reading rows: an order or a filter without an index reads all of them. Order by the key or an indexed column, or narrow by one. --limit gives more time.",
		}
	}
	switch drey.FailureOf(err) {
	case drey.Busy:
		return &problem{Status: 503, Title: "The database is locked", Detail: "Another process is writing to it. Reload the page when it has ended."}
	case drey.Corrupt:
		return &problem{Status: 500, Title: "The database is damaged", Detail: "SQLite says: " + sqlite.Message(err) + ". A copy of what can still be read: sqlite3 broken.db .recover > saved.sql"}
	}
	return &problem{Status: 500, Title: "SQLite refuses", Detail: sqlite.Message(err)}
}
