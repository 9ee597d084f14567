package links

import (
	"crypto/rand"
	"crypto/sha256"
	"database/sql"
	"errors"
	"net/http"
	"strings"
)

// The scopes of a token. Who may write may read.
const (
	read  = "read"
	write = "write"
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
func (s *server) authorized(scope string, f func(r *http.Request, user int64) (int, any, error)) http.Handler {
	return s.handler(func(r *http.Request) (int, any, error) {
		token, ok := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
		if !ok {
			return 0, nil, &problem{Status: http.StatusUnauthorized, Message: "no token: send Authorization: Bearer and a token"}
		}
		use, err := s.db.UseToken(r.Context(), hashOf(token))
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return 0, nil, &problem{Status: http.StatusUnauthorized, Message: "the token is unknown or revoked"}
		case err != nil:
			return 0, nil, err
		case scope == write && use.Scope != write:
			return 0, nil, &problem{Status: http.StatusForbidden, Message: "the token may only read"}
		}
		return f(r, use.UserID)
	})
}
