package links

import (
	"net/http"
	"net/mail"

	"github.com/dreysql/drey/internal/db"
)

// register creates a user with a first token, which is shown this once.
func (s *server) register(r *http.Request) (int, any, error) {
	var in struct {
		Email string  `json:"email"`
		Name  *string `json:"name"`
	}
	if err := decode(r, &in); err != nil {
		return 0, nil, err
	}
	if address, err := mail.ParseAddress(in.Email); err != nil || address.Address != in.Email {
		return 0, nil, invalid("email", "%q is no e-mail address", in.Email)
	}
	token, hash := newToken()
	var user db.User
	err := s.db.Tx(r.Context(), func(tx *db.Tx) error {
		taken, err := db.Users.Where(db.Users.Email.Eq(in.Email)).Exists(r.Context(), tx)
		if err != nil {
			return err
		}
		if taken {
			return &problem{Status: http.StatusConflict, Field: "email", Message: "the address is registered already"}
		}
		if user, err = tx.CreateUser(r.Context(), db.CreateUserParams{Email: in.Email, Name: in.Name}); err != nil {
			return err
		}
		scope := write
		_, err = tx.CreateAPIToken(r.Context(), db.CreateAPITokenParams{UserID: user.ID, Label: "first", Hash: hash, Scope: &scope})
		return err
	})
	if err != nil {
		return 0, nil, err
	}
	return http.StatusCreated, struct {
		db.User
		Token string `json:"token"`
	}{user, token}, nil
}
