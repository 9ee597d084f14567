package migration

import (
	"fmt"
	"strings"
)

// Format is the form in which a tool writes migrations, and what has to be known of
// the tool. There are no others than those of [Formats].
type Format struct {
	Name string // of the tool, as in "dbmate runs them"
	// Table is where the tool keeps the versions that a database has, "" where no
	// tool does that.
	Table string
	// Versions is the query of these versions, as [File.Recorded], each with whether
	// its migration has failed. Of some tools only the Last one is there: all before it
	// are applied.
	Versions string
	Last     bool

	// Library is the import path, without a major version, of the packages with which a
	// program runs another tool than goose; "" if there are none.
	Library string

	clusters bool              // it migrates clusters of rqlite
	commands map[string]string // by the names of drey migrate's
	down     string            // where the statements stand that undo a migration, "" if there is no such place
	noTx     string            // how a migration says that it needs no transaction, "" if drey sees that itself
	marked   bool              // it looks for comments in the text
	byLines  bool              // it cuts statements where lines end, as goose does
}

// The formats.
var (
	Goose = &Format{Name: "goose", Table: VersionTable, marked: true, byLines: true,
		down: `below "-- +goose Down"`,
		noTx: `put "-- +goose NO TRANSACTION" above "-- +goose Up"`,
	}
	GolangMigrate = &Format{Name: "golang-migrate", Library: "github.com/golang-migrate/migrate", Table: "schema_migrations",
		Versions: "SELECT version, dirty FROM schema_migrations", Last: true,
		down: "into the file whose name ends in .down.sql",
		noTx: "run migrate with x-no-tx-wrap=true in the URL of the database", clusters: true,
		commands: map[string]string{
			"new": "migrate create -ext sql -dir %s -seq NAME", "up": "migrate -path %s -database sqlite://FILE up",
			"up-by-one": "migrate -path %s -database sqlite://FILE up 1", "up-to": "migrate -path %s -database sqlite://FILE goto VERSION",
			"down": "migrate -path %s -database sqlite://FILE down 1", "down-to": "migrate -path %s -database sqlite://FILE goto VERSION",
			"to": "migrate -path %s -database sqlite://FILE goto VERSION", "reset": "migrate -path %s -database sqlite://FILE down -all",
		},
	}
	Dbmate = &Format{Name: "dbmate", Library: "github.com/amacneil/dbmate", Table: "schema_migrations", marked: true,
		Versions: "SELECT version, 0 FROM schema_migrations",
		down:     `below "-- migrate:down"`,
		noTx:     `write "-- migrate:up transaction:false"`,
		commands: map[string]string{
			"new": "dbmate -d %s new NAME", "up": "dbmate -d %s --url sqlite:FILE up",
			"down": "dbmate -d %s --url sqlite:FILE down", "reset": "dbmate -d %s --url sqlite:FILE drop",
		},
	}
	SQLMigrate = &Format{Name: "sql-migrate", Library: "github.com/rubenv/sql-migrate", Table: "gorp_migrations", marked: true, byLines: true,
		Versions: "SELECT id, 0 FROM gorp_migrations",
		down:     `below "-- +migrate Down"`,
		noTx:     `write "-- +migrate Up notransaction"`,
		commands: map[string]string{
			"new": "sql-migrate new NAME", "up": "sql-migrate up", "up-by-one": "sql-migrate up -limit=1",
			"down": "sql-migrate down", "redo": "sql-migrate redo", "reset": "sql-migrate down -limit=0",
		},
	}
	Tern = &Format{Name: "tern", marked: true,
		down: `below "---- create above / drop below ----"`,
		noTx: `write "---- tern: disable-tx ----"`,
	}
	Atlas = &Format{Name: "Atlas", Library: "ariga.io/atlas", Table: "atlas_schema_revisions", Last: true,
		// A baseline stands for all before it. A name that begins with a dot is Atlas's own mark.
		Versions: "SELECT version, applied < total OR coalesce(error, '') <> '' FROM atlas_schema_revisions WHERE version NOT LIKE '.%' ORDER BY version DESC LIMIT 1",
		noTx:     `make "-- atlas:txmode none" the first line, with an empty line after it`,
		commands: map[string]string{
			"new": "atlas migrate new NAME --dir file://%s", "up": "atlas migrate apply --dir file://%s --url sqlite://FILE",
			"up-by-one": "atlas migrate apply 1 --dir file://%s --url sqlite://FILE",
			"up-to":     "atlas migrate apply --to-version VERSION --dir file://%s --url sqlite://FILE",
			"down":      "atlas migrate down --dir file://%s --url sqlite://FILE --dev-url sqlite://dev?mode=memory",
			"down-to":   "atlas migrate down --to-version VERSION --dir file://%s --url sqlite://FILE --dev-url sqlite://dev?mode=memory",
		},
	}
	// Plain are SQL files of no tool that drey knows: numbered ones, or the schema as
	// it should be.
	Plain = &Format{Name: "plain SQL"}
)

// Formats are all of them.
var Formats = []*Format{Goose, GolangMigrate, Dbmate, SQLMigrate, Tern, Atlas, Plain}

// String is the name.
func (f *Format) String() string { return f.Name }

// Foreign reports whether migrations of the format are for another tool to run than
// drey and goose.
func (f *Format) Foreign() bool { return f != Goose }

// Command is how the tool is told to do what a command of drey migrate does, for the
// migrations in a folder. It is "" where the tool cannot do that.
func (f *Format) Command(name, folder string) string {
	command := f.commands[name]
	if strings.Contains(command, "%s") {
		return fmt.Sprintf(command, folder)
	}
	return command
}

// OnCluster says how a cluster of rqlite is brought to where a command of drey migrate
// leads: by the tool itself, or by a file that the tool migrates.
func (f *Format) OnCluster(name, folder string) string {
	switch command := f.Command(name, folder); {
	case command == "":
		return "bring it to the schema that drey generate reads: migrate a backup of it and load that, see docs/cluster.md"
	case f.clusters:
		return "run " + strings.Replace(command, "sqlite://FILE", `"rqlite://HOST:4001?x-connect-insecure=true"`, 1)
	default:
		return fmt.Sprintf("%s does not migrate clusters: run %s on a backup of it and load that, see docs/cluster.md", f.Name, command)
	}
}

// Runs says who runs the migrations, as in "dbmate runs these migrations".
func (f *Format) Runs() string {
	if f == Plain || f == Tern {
		return "drey does not know what runs these files"
	}
	return f.Name + " runs these migrations"
}

// reader is what reads the files.
func (f *Format) reader() string {
	if f == Plain {
		return "SQLite"
	}
	return f.Name
}

// Down is where the statements stand that undo a migration, as in `below
// "-- +goose Down"`, "" if the format does not have them.
func (f *Format) Down() string { return f.down }

// NoTransaction is what makes a migration run without a transaction.
func (f *Format) NoTransaction() string { return f.noTx }
