package nativesql

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// usual is what to do instead of most raw SQL.
const usual = "write the query into sql/, use the generated columns, or say why neither will do"

// advices are what to do instead of statements that cannot be in sql/, by their first
// word.
var advices = map[string]string{
	"BEGIN":     transaction,
	"COMMIT":    transaction,
	"END":       transaction,
	"ROLLBACK":  transaction,
	"SAVEPOINT": "use Tx of the client's transaction, which is a savepoint",
	"RELEASE":   "use Tx of the client's transaction, which is a savepoint",
	"ATTACH":    another,
	"DETACH":    another,
	"VACUUM":    "use the client's Backup for VACUUM INTO, and run VACUUM where nothing else writes",
	"ANALYZE":   "leave it to the client, which runs PRAGMA optimize when it is closed",
	"REINDEX":   migration,
	"CREATE":    migration,
	"ALTER":     migration,
	"DROP":      migration,
	"PRAGMA":    "set it in a driver's wrapper with OpenDB of OpenWith's Options, so that each connection has it, or read it in sql/ from its function, as pragma_table_info",
}

const (
	transaction = "use the client's Tx, or Snapshot if it only reads"
	migration   = "write it into a migration"
	another     = "open the other database with a client of its own, and give it a block of sqlc.yaml"
)

// pragmas are what to do instead of a PRAGMA.
var pragmas = map[string]string{
	"foreign_keys":       "leave it out: the client's connections have foreign keys on",
	"journal_mode":       "leave it out: the client opens files in WAL mode",
	"busy_timeout":       "set BusyTimeout in OpenWith's Options",
	"synchronous":        "set Durable in OpenWith's Options",
	"query_only":         "set ReadOnly in OpenWith's Options",
	"wal_checkpoint":     "set MaxWAL in OpenWith's Options",
	"wal_autocheckpoint": "set MaxWAL in OpenWith's Options",
	"journal_size_limit": "set MaxWAL in OpenWith's Options",
	"integrity_check":    "use the client's Check",
	"quick_check":        "use the client's Check",
	"foreign_key_check":  "use the client's Check",
	"optimize":           "leave it to the client, which runs it when it is closed",
	"analysis_limit":     "leave it to the client, which sets it for its PRAGMA optimize",
	"user_version":       "leave it to the migrations, whose versions are in goose_db_version",
}

// advice returns what to do instead of a query, which can be several texts.
func advice(texts []string) string {
	found := ""
	for _, text := range texts {
		one := adviceOn(text)
		if found != "" && one != found {
			return usual
		}
		found = one
	}
	if found == "" {
		return usual
	}
	return found
}

// instead ends an advice as the usual one does.
func instead(what string) string { return what + ", or say why that will not do" }

func adviceOn(text string) string {
	tokens := sqltext.Significant(text)
	if len(tokens) == 0 {
		return usual
	}
	word := strings.ToUpper(tokens[0].Text)
	if word == "PRAGMA" {
		name := slices.IndexFunc(tokens, func(t sqltext.Token) bool { return pragmas[sqltext.Fold(t.Text)] != "" })
		if name > 0 && name <= 3 { // it may stand after its schema
			return instead(pragmas[sqltext.Fold(tokens[name].Text)])
		}
	}
	if a := advices[word]; a != "" && (len(tokens) == 1 || !tokens[1].Is("TEMP") && !tokens[1].Is("TEMPORARY")) {
		return instead(a)
	}
	return usual
}
