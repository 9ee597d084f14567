package links

import (
	"context"
	"database/sql"
	"errors"
	"log/slog"
	"net/http"

	drey "github.com/dreysql/drey/internal/runtime"
)

// statusGone is what the log has for a request whose client did not wait for the
// answer. No standard has a status for it; nginx's is the one that is known.
const statusGone = 499

// gone reports whether a request failed because its client went away, which ends
// its context. Another error is the service's also then, and so is a deadline.
func gone(r *http.Request, err error) bool {
	return errors.Is(r.Context().Err(), context.Canceled) &&
		(drey.FailureOf(err) == drey.Canceled || errors.Is(err, sql.ErrTxDone))
}

// failed is the answer to a request that failed by an error that the client is not told
// about. Where the database cannot be reached, as while a cluster elects a leader, it may
// ask again, but not if the request may have been done.
func failed(r *http.Request, err error) answer {
	a := answer{status: http.StatusServiceUnavailable, header: http.Header{"Retry-After": {"1"}}}
	failure := drey.FailureOf(err)
	reads := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case gone(r, err):
		a = answer{status: statusGone, body: &problem{Message: "internal error"}}
	case failure == drey.Busy, reads && (failure == drey.Canceled || failure == drey.UnknownOutcome):
		a.body = &problem{Message: "the database does not answer; try again"}
	case failure == drey.Canceled, failure == drey.UnknownOutcome, errors.Is(err, drey.ErrStored):
		a.header, a.body = nil, &problem{Message: "the database did not answer, and this may be done: look before you try again"}
	default:
		a = answer{status: http.StatusInternalServerError, body: &problem{Message: "internal error"}}
	}
	return a
}

// report logs an error, which is not the service's if the client is gone.
func (s *server) report(r *http.Request, err error, message string, args ...any) {
	level := slog.LevelError
	if gone(r, err) {
		level = slog.LevelDebug
	}
	s.log.Log(r.Context(), level, message, append(args, "error", err)...)
}
