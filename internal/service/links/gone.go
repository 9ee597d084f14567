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

// statusOf is the status of a request that failed by an error that the client is
// not told about.
func statusOf(r *http.Request, err error) int {
	if gone(r, err) {
		return statusGone
	}
	return http.StatusInternalServerError
}

// report logs an error, which is not the service's if the client is gone.
func (s *server) report(r *http.Request, err error, message string, args ...any) {
	level := slog.LevelError
	if gone(r, err) {
		level = slog.LevelDebug
	}
	s.log.Log(r.Context(), level, message, append(args, "error", err)...)
}
