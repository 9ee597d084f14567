package repo

import "db"

// Repo does not hide what it stands on.
type Repo struct{ Q *db.Queries }
