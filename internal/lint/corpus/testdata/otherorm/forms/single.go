package forms

import "github.com/jmoiron/sqlx" // want `another way`

var _ sqlx.DB
