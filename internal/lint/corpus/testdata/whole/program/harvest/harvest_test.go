package harvest_test

import (
	"database/sql"
	"os"
	"testing"

	"example.com/orchard/harvest"
)

func TestTried(t *testing.T) { harvest.Tried(new(sql.DB), os.Getenv("TABLE")) }
