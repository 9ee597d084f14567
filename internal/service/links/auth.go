package links

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/dreysql/drey/internal/db"
)

// The scopes of a token. Who may write may read.
const (
	read  = db.APITokenScopeRead
	write = db.APITokenScopeWrite
)

// newToken makes a token and the hash of it, which is all that is stored.
func newToken() (token string, hash []byte) {
	token = rand.Text()
	return token, hashOf(token)
}

// hashOf needs no salt: a token is random, and long.
func hashOf(token string) []byte {
	sum := sha256.Sum256([]byte(token))
	return sum[:]
}

// authorized lets requests with a token of the scope through, and tells f whose
// it is.
func (s *server) authorized(scope db.APITokenScope, f func(r *http.Request, user int64) (answer, error)) http.Handler {
	return s.endpoint(func(r *http.Request) (answer, error) {
		use, err := s.authenticate(r)
		switch {
		case err != nil:
			return answer{}, err
		case scope == write && use.Scope != write:
			return answer{}, &problem{Status: http.StatusForbidden, Message: "the token may only read"}
		}
		return f(r, use.UserID)
	})
}

func (s *server) authenticate(r *http.Request) (use db.APIToken, err error) {
	const scheme = "bearer "
	given := r.Header.Values("Authorization")
	if len(given) != 1 || len(given[0]) <= len(scheme) || !strings.EqualFold(given[0][:len(scheme)], scheme) {
		return use, &problem{Status: http.StatusUnauthorized, Message: "no token: send Authorization: Bearer and a token"}
	}
	use, err = s.db.GetAPITokenByHash(r.Context(), hashOf(given[0][len(scheme):]))
	if errors.Is(err, sql.ErrNoRows) || err == nil && use.RevokedAt != nil {
		return use, &problem{Status: http.StatusUnauthorized, Message: "the token is unknown or revoked"}
	}
	if err != nil {
		return use, err
	}
	// To the minute, as UseToken has it; it need not be asked each time.
	if use.LastUsedAt == nil || time.Since(use.LastUsedAt.Time) >= time.Minute {
		if err := s.db.UseToken(r.Context(), use.ID); err != nil {
			s.report(r, err, "use of a token not noted", "token", use.ID)
		}
	}
	return use, nil
}
