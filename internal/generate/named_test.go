package generate_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/project"
)

// named is a project whose columns have types of its own module.
var named = map[string]string{
	"go.mod": "module example.com/shop\n\ngo 1.24\n",
	"sqlc.yaml": faultyConfig + `        overrides:
          - {column: "a.cents", go_type: "example.com/shop/types.Cents"}
          - {column: "a.status", go_type: {import: "example.com/shop/types", type: Status, pointer: true}}
          - {column: "a.ratio", go_type: {import: "example.com/shop/types", package: kinds, type: Ratio}}
          - {column: "a.price", go_type: {import: "example.com/shop/types", type: Price}}
          - {column: "a.rate", go_type: {import: "example.com/shop/types", type: Rate}}
          - {column: "a.flag", go_type: {import: "example.com/shop/types", type: Flag}}
          - {column: "a.maybe", go_type: {import: "example.com/shop/types", type: Flag, pointer: true}}
          - {column: "a.switch", go_type: {import: "example.com/shop/types", type: Switch}}
          - {column: "a.own", go_type: {type: Own}}
`,
	"types/types.go": `package types

import (
	"database/sql/driver"

	"example.com/shop/units"
)

type (
	Cents  units.Whole
	Status string
	Ratio  float32
	Price  int64
	Rate   = units.Scanned
	Flag   bool
	Switch bool
)

func (p *Price) Scan(any) error               { return nil }
func (p Price) Value() (driver.Value, error)  { return nil, nil }
func (s *Switch) Scan(any) error              { return nil }
func (s Switch) Value() (driver.Value, error) { return nil, nil }
`,
	"units/units.go": `package units

type (
	Whole   int64
	Scanned int64
)

func (s *Scanned) Scan(any) error { return nil }
`,
	"db/own.go": "package db\n\ntype Own uint8\n",
	"migrations/00001_init.sql": `-- +goose Up
CREATE TABLE a (
  id INTEGER PRIMARY KEY,
  cents INTEGER NOT NULL DEFAULT 'zero',
  status TEXT DEFAULT x'00',
  ratio REAL NOT NULL DEFAULT 0.1,
  price INTEGER NOT NULL DEFAULT 'free',
  rate INTEGER NOT NULL DEFAULT 'none',
  flag BOOLEAN NOT NULL,
  maybe BOOLEAN,
  switch BOOLEAN NOT NULL DEFAULT 'off',
  own INTEGER NOT NULL DEFAULT 256,
  duration INTEGER NOT NULL DEFAULT 0
);
`,
	"sql/q.sql": "-- name: Put :exec\nUPDATE a SET cents = 'much', price = 'much';\n",
}

// TestNamedTypes: a type of the module without methods Scan and Value is
// judged by what it is made of, and a bool that nobody can read is refused.
func TestNamedTypes(t *testing.T) {
	dir := t.TempDir()
	for name, content := range named {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	problems := refusals(t, dir)
	onDisk(t, dir, problems)
	want := []string{
		"go.mod: package db imports",
		"migrations/00001_init.sql:4: the default of a.cents stores 'zero', which Go cannot read as types.Cents",
		"migrations/00001_init.sql:5: the default of a.status stores X'00'",
		"migrations/00001_init.sql:6: the default of a.ratio stores 0.1, where Go writes 0.10000000149011612",
		"migrations/00001_init.sql:12: the default of a.own stores 256, which Go cannot read as Own: that is stored as an integer from 0 to 255",
		"sql/q.sql:2:22: query Put: it writes into a.cents 'much'",
		"sqlc.yaml:16: go_type: types.Flag is a bool without a method Scan, and database/sql reads the integers of column a.flag",
		"sqlc.yaml:17: go_type: types.Flag is a bool without a method Scan, and database/sql reads the integers of column a.maybe",
	}
	for i, p := range problems {
		if i >= len(want) || !strings.HasPrefix(p.Error(), want[i]) {
			t.Errorf("problem %d is %v", i, p)
		}
	}
	if len(problems) < len(want) {
		t.Errorf("%d problems, want %d", len(problems), len(want))
	}
	p, err := project.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m, err := p.Module(p.Config.Blocks[0])
	if err != nil {
		t.Fatal(err)
	}
	overrides := m.GoTypes(p.Config.Blocks[0]) // as migrate check and drift have them
	for column, base := range map[string]string{
		"cents": "int64", "status": "string", "ratio": "float32", "price": "any", "rate": "any", "flag": "bool", "maybe": "bool", "switch": "any", "own": "uint8",
	} {
		if typ, ok := overrides("a", column, "", true); !ok || typ.Base != base {
			t.Errorf("%s is made of %s", column, typ.Base)
		}
	}
}
