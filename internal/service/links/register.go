package links

import (
	"net/http"
	"strings"
	"unicode/utf8"

	"github.com/dreysql/drey/internal/db"
	drey "github.com/dreysql/drey/internal/runtime"
)

const (
	maxEmail = 254 // bytes, the limit of SMTP
	maxName  = 100 // characters
)

// register creates a user with a first token, which is shown this once.
func (s *server) register(r *http.Request) (answer, error) {
	var in struct {
		Email string  `json:"email"`
		Name  *string `json:"name"`
	}
	if err := decode(r, &in); err != nil {
		return answer{}, err
	}
	if !isAddress(in.Email) || len(in.Email) > maxEmail {
		return answer{}, invalid("email", "it is no e-mail address")
	}
	if in.Name != nil {
		if _, err := cleanText("name", *in.Name, 0, maxName); err != nil {
			return answer{}, err
		}
	}
	token, hash := newToken()
	ctx := r.Context()
	var b db.Batch
	created := db.InBatch(&b, func(tx *db.Tx) (db.User, error) {
		return tx.CreateUser(ctx, db.CreateUserParams{Email: in.Email, Name: in.Name})
	})
	b.Do(func(tx *db.Tx) error {
		return tx.GrantToken(ctx, db.GrantTokenParams{Email: in.Email, Label: "first", Hash: hash, Scope: write})
	})
	err := b.Run(ctx, s.db)
	if drey.FailureOf(err) == drey.UniqueViolation {
		return answer{}, &problem{Status: http.StatusConflict, Field: "email", Message: "the address is registered already"}
	}
	if err != nil {
		return answer{}, err
	}
	user, err := created()
	return answer{status: http.StatusCreated, body: struct {
		db.User
		Token string `json:"token"`
	}{user, token}}, err
}

// isAddress reports whether s is an e-mail address without quotes or comments: atoms
// between dots, an at sign, and a domain. net/mail would add 20 kB to the worker.
func isAddress(s string) bool {
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return false
	}
	for atom := range strings.SplitSeq(s[:at], ".") {
		if atom == "" || strings.ContainsFunc(atom, func(r rune) bool { return !isLetter(r) && !strings.ContainsRune("!#$%&'*+/=?^_`{|}~-", r) }) {
			return false
		}
	}
	for label := range strings.SplitSeq(s[at+1:], ".") {
		if strings.Trim(label, "-") != label || label == "" || strings.ContainsFunc(label, func(r rune) bool { return !isLetter(r) && r != '-' }) {
			return false
		}
	}
	return true
}

func isLetter(r rune) bool {
	return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= utf8.RuneSelf && r != utf8.RuneError
}
