package schemachange

import (
	"go/types"
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/lint/policy"
)

// changers are the library functions and methods that change a schema, by the
// import path that their package is under, without major versions.
var changers = []struct {
	library string
	names   []string
}{
	{"gorm.io/gorm", []string{"AutoMigrate", "CreateTable", "DropTable", "RenameTable", "AddColumn", "DropColumn", "AlterColumn",
		"MigrateColumn", "RenameColumn", "CreateView", "DropView", "CreateConstraint", "DropConstraint", "CreateIndex", "DropIndex", "RenameIndex"}},
	{"github.com/jinzhu/gorm", []string{"AutoMigrate", "CreateTable", "DropTable", "DropTableIfExists", "ModifyColumn", "DropColumn",
		"AddIndex", "AddUniqueIndex", "RemoveIndex", "AddForeignKey", "RemoveForeignKey"}},
	{"xorm.io/xorm", []string{"Sync", "Sync2", "SyncWithOptions", "CreateTables", "CreateTable", "CreateIndexes", "CreateUniques", "DropTables", "DropTable", "DropIndexes"}},
	{"github.com/go-xorm/xorm", []string{"Sync", "Sync2", "CreateTables", "CreateIndexes", "CreateUniques", "DropTables", "DropIndexes"}},
	{"github.com/uptrace/bun", []string{"NewCreateTable", "NewDropTable", "NewCreateIndex", "NewDropIndex", "NewAddColumn", "NewDropColumn", "ResetModel"}},
	{"github.com/go-pg/pg", []string{"CreateTable", "DropTable", "CreateComposite", "DropComposite"}},
	{"github.com/go-gorp/gorp", []string{"CreateTables", "CreateTablesIfNotExists", "DropTables", "DropTablesIfExists", "DropTable", "DropTableIfExists", "CreateIndex"}},
	{"gopkg.in/gorp", []string{"CreateTables", "CreateTablesIfNotExists", "DropTables", "DropTablesIfExists", "DropTable", "DropTableIfExists", "CreateIndex"}},
	{"github.com/beego/beego/client/orm", []string{"RunSyncdb"}},
	{"github.com/astaxie/beego/orm", []string{"RunSyncdb"}},
	{"entgo.io/ent/dialect/sql/schema", []string{"Create", "NamedDiff", "Diff"}},
	{"github.com/go-rel/rel/migrator", []string{"Migrate", "Rollback"}},
	{"github.com/gobuffalo/pop", []string{"Up", "Down", "UpTo", "CreateSchemaMigrations"}},
	{"github.com/golang-migrate/migrate", []string{"Up", "Down", "Steps", "Migrate", "Drop", "Force"}},
	{"github.com/rubenv/sql-migrate", []string{"Exec", "ExecContext", "ExecMax", "ExecMaxContext", "ExecVersion"}},
	{"github.com/amacneil/dbmate", []string{"CreateAndMigrate", "Migrate", "Rollback"}},
	{"ariga.io/atlas/sql/migrate", []string{"ApplyChanges", "ExecuteN", "ExecuteTo"}},
}

// changes says how a call changes the schema, or "" if it does not.
func changes(fn *types.Func) string {
	path := fn.Pkg().Path()
	for _, c := range changers {
		if policy.Under(path, c.library) && slices.Contains(c.names, fn.Name()) {
			return fn.Name() + " of " + path + " changes the schema outside of the migrations"
		}
	}
	if policy.Under(path, "github.com/pressly/goose") && (strings.HasPrefix(fn.Name(), "AddMigration") || strings.HasPrefix(fn.Name(), "AddNamedMigration") || fn.Name() == "NewGoMigration") {
		return fn.Name() + " registers a migration outside of the folder of the migrations"
	}
	if fn.Name() == "AutoMigrate" && ofInterface(fn) {
		return "AutoMigrate changes the schema outside of the migrations"
	}
	if createsEnt(fn) {
		return "Schema.Create of ent changes the schema outside of the migrations"
	}
	return ""
}

// createsEnt reports whether a method is Create of the type Schema that ent
// generates into the project's own package migrate.
func createsEnt(fn *types.Func) bool {
	recv := fn.Signature().Recv()
	if recv == nil || !strings.HasPrefix(fn.Name(), "Create") || !strings.HasSuffix(fn.Pkg().Path(), "/migrate") {
		return false
	}
	t := recv.Type()
	if p, ok := t.(*types.Pointer); ok {
		t = p.Elem()
	}
	named, ok := t.(*types.Named)
	return ok && named.Obj().Name() == "Schema" && strings.Contains(types.TypeString(fn.Signature(), nil), "entgo.io/ent/")
}

// ofInterface reports whether a method has the signature of gorm's AutoMigrate but
// does not have a body, in which the change would be found.
func ofInterface(fn *types.Func) bool {
	sig := fn.Signature()
	return sig.Recv() != nil && types.IsInterface(sig.Recv().Type()) && sig.Variadic() && sig.Params().Len() == 1 &&
		sig.Results().Len() == 1 && types.TypeString(sig.Results().At(0).Type(), nil) == "error"
}
