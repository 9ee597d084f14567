package emit

// The parts of a client. Names in braces are the package's own, which give way to
// what sqlc and people have declared; $drey, $sqlite and $d1 are the names of the
// imports.
const clientText = `
const _ = $drey.Contract2

// {Conn} is what a query runs on: a [*{Client}] or, within [{Client}.Tx], a [*{Tx}].
type {Conn} = $drey.Conn

// {Client} is the data layer over one database: sqlc's queries are its methods, and
// the sources of this package run on it. It is safe for concurrent use. What else it
// has is that of [$drey.Client].
type {Client} struct {
	Queries // not a pointer: the compiler would make its methods for {Client} and *{Client}
	*{dreyClient}
}

// {Tx} is a transaction, with both halves of the data layer on it.
type {Tx} struct {
	Queries
	*{dreyTx}
}

// {Batch} is a [$drey.Batch] whose steps have both halves of the data layer.
type {Batch} struct{ {dreyBatch} }

type (
	{dreyClient} = $drey.Client
	{dreyTx}     = $drey.Tx
	{dreyBatch}  = $drey.Batch
)

// {NewClient} is [$drey.NewClient]: a client of a handle that the caller has opened.
func {NewClient}(db *sql.DB) *{Client} { return {dreyClientOf}($drey.NewClient(db)) }

// {OnDBTX} is both halves on what sqlc's New takes: a handle, a connection, or a
// transaction that the caller has begun and will end, see [$drey.OnDBTX].
func {OnDBTX}(db $drey.DBTX) *{Tx} { return {dreyTxOf}($drey.OnDBTX(db)) }

// WithTx is both halves on a transaction that the caller has begun and will end, as the
// method of sqlc's Queries is the static one. See [$drey.OnDBTX]. A transaction of the
// client's own is [{Client}.Tx].
func (c *{Client}) WithTx(tx *sql.Tx) *{Tx} { return {OnDBTX}(tx) }

func {dreyClientOf}(c *$drey.Client) *{Client} { return &{Client}{*{Using}(c), c} }

func {dreyTxOf}(tx *$drey.Tx) *{Tx} { return &{Tx}{*{Using}(tx), tx} }

// {Using} is sqlc's queries of this package on any connection of drey's: on another
// package's transaction, so that it spans both.
func {Using}(c $drey.Conn) *Queries { return {new} }

// Tx runs f in a transaction, commits it if f returns nil and rolls it back if
// f fails or panics, or ctx ends. A call on the client from within f that writes would
// wait for f itself, and fails in the end; make it on the transaction.
func (c *{Client}) Tx(ctx context.Context, f func(*{Tx}) error) error {
	return c.{dreyClient}.Tx(ctx, func(tx *$drey.Tx) error { return f({dreyTxOf}(tx)) })
}

// Snapshot runs f in a transaction that only reads: all that it reads is as it
// was when Snapshot was called, and no write waits for it.
func (c *{Client}) Snapshot(ctx context.Context, f func(*{Tx}) error) error {
	return c.{dreyClient}.Snapshot(ctx, func(tx *$drey.Tx) error { return f({dreyTxOf}(tx)) })
}

// Tx runs f in a part of the transaction, a savepoint: if f fails or panics,
// what it did is rolled back, and the transaction goes on.
func (t *{Tx}) Tx(ctx context.Context, f func(*{Tx}) error) error {
	return t.{dreyTx}.Tx(ctx, func(*$drey.Tx) error { return f(t) })
}

// {InBatch} adds a step to the batch. The function that it returns gives the step's
// result, once the batch has run. A step is called twice, see [$drey.Batch].
func {InBatch}[R any](b *{Batch}, step func(tx *{Tx}) (R, error)) func() (R, error) {
	return $drey.InBatch(&b.{dreyBatch}, func(tx *$drey.Tx) (R, error) { return step({dreyTxOf}(tx)) })
}

// Do adds a step without a result.
func (b *{Batch}) Do(step func(tx *{Tx}) error) {
	b.{dreyBatch}.Do(func(tx *$drey.Tx) error { return step({dreyTxOf}(tx)) })
}
`

const returnedText = `
// {returned} are the queries that write and return rows, where the engine can undo
// what they have written: what they return is scanned before it is committed.
var {returned} *$drey.Returning
`

const returningText = `
func init() { {returned} = $drey.NewReturning({returning}) }
`

const optionsText = `
// {Options} are how a database is opened. The zero value has the defaults.
type {Options} = $sqlite.Options
`

// openText opens a database that goose's migrations make.
const openText = `
// {Open} opens the database file at path, which has to exist and to have the schema
// that this package was generated from: otherwise the error is
// [$drey.ErrSchemaOlder] or [$drey.ErrSchemaNewer]. [{Migrate}] creates a file and
// brings it up to date. The path ":memory:" opens a new database in memory, migrated: a
// process runs the migrations once, and copies what they have made each time.
func {Open}(ctx context.Context, path string) (*{Client}, error) {
	return {OpenWith}(ctx, path, {Options}{})
}

// {OpenWith} is [{Open}] with options.
func {OpenWith}(ctx context.Context, path string, o {Options}) (*{Client}, error) {
	c, err := $sqlite.Open(ctx, path, {migrations}, o)
	if err != nil {
		return nil, err
	}
	return {dreyClientOf}(c), nil
}

// {Migrate} creates the database file at path if there is none and applies the
// migrations that it lacks, see [$sqlite.Migrate]. It returns the names of those that
// it applied. The version table is goose's, so the goose command can be used, too.
func {Migrate}(ctx context.Context, path string) ([]string, error) {
	return $sqlite.Migrate(ctx, path, {migrations})
}
`

// openToolText opens a database whose schema another tool keeps. That tool alone
// migrates it, so the package does not have Migrate.
const openToolText = `
// {Open} opens the database file at path, which has to exist and to have the schema
// that this package was generated from: otherwise the error is
// [$drey.ErrSchemaOlder] or [$drey.ErrSchemaNewer], see [$sqlite.Kept.Open]. §tool
// keeps the schema, and alone migrates a file:
//
//	§command
//
// The path ":memory:" opens a new database in memory that has the schema.
func {Open}(ctx context.Context, path string) (*{Client}, error) {
	return {OpenWith}(ctx, path, {Options}{})
}
` + openKeptText

// openPlainText opens a database whose schema is SQL files, which no tool keeps.
const openPlainText = `
// {Open} opens the database file at path, which has to exist and to have the tables and
// columns that this package was generated from: otherwise the error is
// [$drey.ErrSchemaOlder], see [$sqlite.Kept.Open]. [{Migrate}] creates a file. The path
// ":memory:" opens a new database in memory that has the schema.
func {Open}(ctx context.Context, path string) (*{Client}, error) {
	return {OpenWith}(ctx, path, {Options}{})
}

// {Migrate} creates the database file at path if there is none, and the schema if the
// database has no tables, see [$sqlite.Kept.Create]. It returns the names of the files
// whose statements it ran. It brings no database up to date: nothing records what one
// has.
func {Migrate}(ctx context.Context, path string) ([]string, error) {
	return {kept}.Create(ctx, path)
}
` + openKeptText

const openKeptText = `
// {OpenWith} is [{Open}] with options.
func {OpenWith}(ctx context.Context, path string, o {Options}) (*{Client}, error) {
	c, err := {kept}.Open(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return {dreyClientOf}(c), nil
}
`

const sqliteText = `
// Check looks for damage in the database and for rows that refer to nothing. What it
// finds is [$drey.ErrCorrupt]. It reads the whole database.
func (c *{Client}) Check(ctx context.Context) error { return $sqlite.Check(ctx, c.{dreyClient}) }

// Backup copies the database into a new file, as it is now, see [$sqlite.Backup].
// progress, which may be nil, is told how many pages have been copied, of how many.
func (c *{Client}) Backup(ctx context.Context, path string, progress func(done, total int)) error {
	return $sqlite.Backup(ctx, c.{dreyClient}, path, progress)
}
`

const d1Text = `
// {OpenD1} makes a client of a D1 binding of a Cloudflare Worker, env.DB for one, or of
// a session on it, see [$d1.Open].
func {OpenD1}(binding js.Value) *{Client} { return {dreyClientOf}($d1.Open(binding)) }

// {CheckD1} compares the migrations that wrangler d1 migrations apply has run with those
// that this package was generated from, see [$d1.Check]. Call it with the first request
// that an instance serves.
func {CheckD1}(ctx context.Context, c {Conn}) error { return $d1.Check(ctx, c, {migrationNames}) }
`

const rqliteText = `
// {OpenRqlite} opens the data layer on the rqlite cluster that has a node at each of the
// URLs, such as http://host:4001; one is enough. Its database has to have the schema that
// this package was generated from: otherwise the error is [$drey.ErrSchemaOlder] or
// [$drey.ErrSchemaNewer], see [$rqlite.Open]. drey migrate up --db http://host:4001
// brings it up to date.
func {OpenRqlite}(ctx context.Context, urls []string, o $rqlite.Options) (*{Client}, error) {
	c, err := $rqlite.Open(ctx, urls, {migrationNames}, o)
	if err != nil {
		return nil, err
	}
	return {dreyClientOf}(c), nil
}
`

// rqliteKeptText opens a cluster whose schema another tool keeps, or SQL files are.
const rqliteKeptText = `
// {OpenRqlite} opens the data layer on the rqlite cluster that has a node at each of the
// URLs, such as http://host:4001; one is enough. Its database has to have the schema that
// this package was generated from, which is found out as by [{Open}]: otherwise the error
// is [$drey.ErrSchemaOlder] or [$drey.ErrSchemaNewer]. How it is brought up to date:
//
//	§fix
func {OpenRqlite}(ctx context.Context, urls []string, o $rqlite.Options) (*{Client}, error) {
	check := func(ctx context.Context, db *sql.DB) error {
		return {kept}.Check(ctx, db, §quoted)
	}
	c, err := $rqlite.OpenChecked(ctx, urls, check, o)
	if err != nil {
		return nil, err
	}
	return {dreyClientOf}(c), nil
}
`
