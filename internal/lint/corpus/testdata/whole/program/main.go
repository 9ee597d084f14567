package main

import (
	"database/sql"
	"flag"
	"fmt"
	"net/http"
	"os"

	"example.com/orchard/conf"
	"example.com/orchard/harvest"
	"example.com/orchard/market"
	"example.com/orchard/words"
)

func main() {
	db := new(sql.DB)
	harvest.Count(db, "apples")
	harvest.Count(db, "pears")
	harvest.Unexplained(db, "pears")
	market.Weigh(db, "grams")
	market.Price(db, os.Getenv("CURRENCY"))
	harvest.Columns(db, "id", "weight")
	harvest.MoreColumns(db, "id", os.Getenv("COLUMN"))
	harvest.Each(db, "apples", func(int) {})
	harvest.Each(db, "pears", func(string) {})
	go harvest.Later(db, os.Getenv("TABLE"))
	defer harvest.Deferred(db, "apples")
	harvest.Tried(db, "apples")
	harvest.Halves(db, "apples", 3)
	for _, count := range []func(*sql.DB, string) *sql.Row{harvest.AsValue} {
		count(db, os.Getenv("TABLE")) // want `can be injected into`
	}
	named := harvest.Named
	named(db, "apples")
	market.Pears(db)

	harvest.Crate{DB: db, Table: "crates", Order: os.Getenv("ORDER")}.First()
	c := harvest.Crate{DB: db, Order: "id"}
	c.Table = "crates"
	c.Count()
	harvest.Load(db, conf.Read("settings.json"))
	p := harvest.NewPress(db, harvest.WithJuice("juices"), harvest.WithCider(os.Getenv("CIDER")), harvest.WithHidden(os.Getenv("HIDDEN")))
	p.Juices()
	p.Ciders()
	p.Hidden()
	harvest.Pests(db, harvest.Pest(words.Pest{Kind: os.Getenv("PEST")}))
	harvest.Season = os.Args[1]
	flag.StringVar(&harvest.Weather, "weather", "rain", "what it is like")
	harvest.Apples(db)
	harvest.InSeason(db)
	harvest.InWeather(db)

	harvest.Nodes(db, harvest.Leaf[int]{Table: os.Getenv("TABLE")})

	withBran := harvest.WithBran
	m := harvest.NewMill(db, withBran(os.Getenv("BRAN")))
	m.Tables()
	m.Flours()
	m.Brans()
	m.Grists()
	m.Sorted()
	silo := harvest.Silo[int]{DB: db, Name: "silos", Label: "labels"}
	harvest.Labelled(&silo).WithLabel(os.Getenv("LABEL"))
	silo.Count()
	silo.Labels()

	barrel := harvest.NewBarrel(db)
	barrel.Empty = &harvest.Statement{Text: "SELECT id FROM barrels WHERE NOT full"}
	_ = barrel.Fill()
	_ = (&harvest.Tap{DB: db, Open: &harvest.Opening{Text: "SELECT id FROM taps WHERE " + os.Getenv("OPEN")}}).Turn()

	for _, g := range []harvest.Grafting{market.ByHand{}, market.ByTool{Kind: "knife"}, market.ByTool{Kind: "saw"}} {
		harvest.Graft(db, g)
	}
	harvest.Prune(db, market.Pruner{})
	harvest.Prune(db, market.ByOrder(os.Getenv("PRUNER")))
	entries, _ := os.ReadDir(".")
	harvest.Called(db, entries[0])
	harvest.Ripen(db, nil)
	market.Book(harvest.Journal{DB: db}, &harvest.Ledger{DB: db}, os.Args[1])
	_ = harvest.Diary{DB: db}.Tell("DELETE FROM diaries WHERE day = '" + os.Args[1] + "'") // want `can be injected into`

	baskets := &harvest.Baskets{DB: db}
	fmt.Fprintln(baskets, "baskets")
	http.HandleFunc("/", func(_ http.ResponseWriter, r *http.Request) {
		market.List(baskets, harvest.Shelf[int]{DB: db}, r)
		market.Choose(db, r)
		_, _ = harvest.Sorted(db, r.FormValue("sort"))
		harvest.Find(db, harvest.Search{Filters: struct{ Sort, State string }{"id", r.FormValue("state")}})
		harvest.Order(db, harvest.Search{Filters: struct{ Sort, State string }{"id", r.FormValue("state")}})
	})
}
