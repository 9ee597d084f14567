package nativesql

import (
	"strings"
	"testing"
)

// The advice on a statement that sqlc does not read is something else than sql/.
func TestAdvice(t *testing.T) {
	for text, want := range map[string]string{
		"PRAGMA foreign_keys = ON":         "foreign keys on",
		"pragma main.journal_mode=WAL":     "WAL",
		"PRAGMA busy_timeout(5000)":        "BusyTimeout",
		"PRAGMA synchronous = FULL":        "Durable",
		"PRAGMA wal_checkpoint(TRUNCATE)":  "MaxWAL",
		"PRAGMA integrity_check":           "Check",
		"PRAGMA cache_size = -2000":        "OpenDB",
		"BEGIN IMMEDIATE":                  "Tx",
		"COMMIT":                           "Tx",
		"ROLLBACK TO a":                    "Tx",
		"SAVEPOINT a":                      "savepoint",
		"RELEASE a":                        "savepoint",
		"VACUUM":                           "VACUUM INTO",
		"VACUUM INTO 'x.db'":               "Backup",
		"REINDEX":                          "migration",
		"ANALYZE orders":                   "optimize",
		"ATTACH DATABASE 'x.db' AS x":      "client of its own",
		"DETACH x":                         "client of its own",
		"DROP INDEX x":                     "migration",
		"CREATE TEMP TABLE x (id INTEGER)": "sql/",
		"-- now\n  begin":                  "Tx",
		"SELECT 1":                         "sql/",
		"":                                 "sql/",
		"SELECT * FROM pragma_table_list":  "sql/",
		"DELETE FROM synchronous":          "sql/",
	} {
		got := advice([]string{text})
		if !strings.Contains(got, want) || want != "sql/" && strings.HasPrefix(got, usual) {
			t.Errorf("%s: %s, want something about %s", text, got, want)
		}
	}
	if got := advice([]string{"BEGIN", "SELECT 1"}); got != usual {
		t.Errorf("two kinds of texts: %s", got)
	}
	for _, word := range others {
		if advices[word] == "" {
			t.Errorf("there is no advice on %s", word)
		}
	}
}
