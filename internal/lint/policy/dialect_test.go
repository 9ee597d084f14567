package policy

import "testing"

func TestOtherName(t *testing.T) {
	for name, want := range map[string]bool{
		"postgres": true, "psql": true, "openPostgres": true, "filterDownloadsPG": true, "pgStore": true, "queryPg": true, "pg_store": true,
		"mysql": true, "MySQLStore": true, "mssqlTime": true, "store_pg": true,
		"page": false, "upgrade": false, "pgn": false, "sqlite": false, "repository": false, "orderPage": false, "oracle": true, "sql": false,
	} {
		if OtherName(name) != want {
			t.Errorf("%s: %v", name, !want)
		}
	}
}
