package check

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log"
	"path/filepath"

	"example.com/replay/blocks_tx/internal/adb"
	"example.com/replay/blocks_tx/internal/bdb"
	"example.com/replay/blocks_tx/internal/drey"
)

func must[T any](v T, err error) T {
	if err != nil {
		log.Fatal(err)
	}
	return v
}

// Check runs what the case is about on a database in the folder: a transaction, a
// savepoint, a batch, a snapshot and somebody else's transaction, each of which spans
// the packages of two blocks. Their sources have the same names.
func Check(dir string) {
	ctx := context.Background()
	file := filepath.Join(dir, "tx.db")
	must(adb.Migrate(ctx, file))
	c := must(adb.Open(ctx, file))
	defer c.Close()

	undo := errors.New("undo")
	both := func(tx *adb.Tx) error {
		ada := must(tx.Add(ctx, "Ada"))
		must(bdb.Using(tx).Add(ctx, bdb.AddParams{PersonID: ada.ID, Name: "Rex"}))
		must(bdb.Pets.Insert(bdb.Pets.PersonID, bdb.Pets.Name).Exec(ctx, tx, bdb.Pet{PersonID: ada.ID, Name: "Tom"}))
		err := tx.Tx(ctx, func(*adb.Tx) error {
			must(bdb.Pets.Delete().EveryRow().Exec(ctx, tx))
			must(adb.People.Delete().EveryRow().Exec(ctx, tx))
			return undo
		})
		fmt.Println("savepoint:", err)
		return nil
	}
	show := func(when string, on drey.Conn) {
		people := must(adb.Named.OrderBy(adb.Named.Name.Asc()).All(ctx, on))
		pets := must(bdb.Named.OrderBy(bdb.Named.Name.Asc()).All(ctx, on))
		fmt.Println(when, people, pets, must(bdb.Using(on).Named(ctx)), must(adb.Using(on).Named(ctx)))
	}
	fmt.Println(c.Tx(ctx, func(tx *adb.Tx) error { return errors.Join(both(tx), undo) }))
	show("undone:", c)
	fmt.Println(c.Tx(ctx, both))
	show("done:", c)

	var b adb.Batch
	found := adb.InBatch(&b, func(tx *adb.Tx) ([]bdb.NamedRow, error) { return bdb.Named.All(ctx, tx) })
	b.Do(func(tx *adb.Tx) error { return second(tx.Add(ctx, "Bob")) })
	b.Do(func(tx *adb.Tx) error {
		return second(bdb.Using(tx).Add(ctx, bdb.AddParams{PersonID: 1, Name: "Cat"}))
	})
	fmt.Println("batch:", b.Run(ctx, c), len(must(found())))

	// A row that cannot be read is not written: of the other package's query as well.
	_, err := bdb.Using(c).Add(ctx, bdb.AddParams{PersonID: 1, Name: "Tyrannosaurus"})
	fmt.Println("unreadable:", errors.Is(err, drey.ErrUnreadable), must(bdb.Pets.Count(ctx, c)))
	must(adb.Using(c).Add(ctx, "Christopher Robin"))

	err = c.Snapshot(ctx, func(tx *adb.Tx) error {
		_, err := bdb.Pets.Delete().EveryRow().Exec(ctx, tx)
		fmt.Println("a write in a snapshot:", errors.Is(err, drey.ErrSnapshot))
		show("snapshot:", tx)
		return nil
	})
	fmt.Println(err)

	tx := must(c.DB().BeginTx(ctx, nil))
	theirs := drey.OnDBTX(tx)
	must(adb.Using(theirs).Add(ctx, "Cyd"))
	must(bdb.Pets.Delete().EveryRow().Exec(ctx, theirs))
	show("theirs:", theirs)
	fmt.Println(tx.Rollback())
	_, err = bdb.Pets.Count(ctx, theirs)
	fmt.Println("after its end:", errors.Is(err, sql.ErrTxDone))
	show("left:", c)
}

func second[T any](_ T, err error) error { return err }
