package indirect

import (
	"database/sql"

	"repo"
)

func uses(r repo.Repo, tx *sql.Tx) {
	r.Q.WithTx(tx) // want `WithTx of sqlc's Queries`
}
