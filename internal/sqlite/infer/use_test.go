package infer_test

import (
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/sqlite/infer"
	"github.com/dreysql/drey/internal/sqlite/syntax"
)

var useNames = map[infer.UseKind]string{
	infer.OtherUse: "other", infer.Compared: "compared", infer.Assigned: "assigned", infer.Counted: "counted",
	infer.Calculated: "calculated", infer.Joined: "joined", infer.Converted: "converted", infer.Tested: "tested",
}

// uses are statements and what they do with their parameters: in which way, by which
// operator, and with which type or column.
var uses = []struct{ sql, want string }{
	{"SELECT * FROM users WHERE id = ? AND name <> ?2 AND @age >= age", "? compared = users.id, ?2 compared <> users.name, @age compared >= users.age"},
	{"SELECT * FROM users WHERE id IS :a OR id IS NOT :b OR id IS DISTINCT FROM :c OR :d IS NULL",
		":a compared IS users.id, :b compared IS NOT users.id, :c compared IS DISTINCT FROM users.id, :d tested"},
	{"SELECT * FROM users WHERE id IN (?, ?2) OR name NOT IN (?3)", "? compared IN users.id, ?2 compared IN users.id, ?3 compared IN users.name"},
	{"SELECT * FROM users WHERE @x IN (SELECT id FROM links) AND age IN (VALUES (@y))", "@x compared IN links.id, @y compared IN users.age"},
	{"SELECT * FROM users WHERE age BETWEEN ? AND ? AND ? BETWEEN score AND 2.5", "? compared BETWEEN users.age, ? compared BETWEEN users.age, ? compared BETWEEN users.score"},
	{"SELECT * FROM users WHERE (id, name) = (?, ?) OR (id, age) IN (VALUES (?, ?))",
		"? compared = users.id, ? compared = users.name, ? compared IN users.id, ? compared IN users.age"},
	{"SELECT * FROM users WHERE name LIKE ? ESCAPE ? OR name GLOB 'x' || ?", "? joined text, ? joined text, ? joined text"},
	{"SELECT id + ?, ? * score, -?, ~?, ? % 2 FROM users", "? calculated integer, ? calculated real, ? calculated integer or real, ? calculated integer, ? calculated integer"},
	{"SELECT CAST(? AS TEXT), lower(?), NOT ?, ? AND 1 FROM users", "? converted, ? other, ? other, ? other"},
	{"SELECT coalesce(?, name), ifnull(age, ?), nullif(id, ?), iif(?, name, ?) FROM users",
		"? compared = users.name (fallback), ? compared = users.age (fallback), ? compared = users.id, ? other, ? compared = users.name (fallback)"},
	{"SELECT CASE id WHEN ? THEN name ELSE ? END FROM users", "? compared = users.id, ? compared = users.name (fallback)"},
	{"SELECT * FROM users WHERE coalesce(?, 1) = id AND ? COLLATE NOCASE = name AND (+?) < age",
		"? compared = users.id, ? compared = users.name, ? compared < users.age"},
	{"SELECT * FROM users LIMIT ? OFFSET ?", "? counted integer, ? counted integer"},
	{"SELECT * FROM users LIMIT ?, ?", "? counted integer, ? counted integer"},
	{"SELECT id FROM users UNION SELECT 1 WHERE 2 = ? LIMIT ?", "? compared = integer, ? counted integer"},
	{"SELECT * FROM users u JOIN links l ON l.user_id = u.id AND l.slug = ? WHERE EXISTS (SELECT 1 FROM codes WHERE code = ?)", "? compared = links.slug, ? compared = codes.code"},
	{"WITH c AS (SELECT id FROM links WHERE price > ?) SELECT * FROM c WHERE id = ?", "? compared > links.price, ? compared = links.id"},
	{"SELECT twice FROM prices WHERE slug = ? AND id = ?", "? compared = text, ? compared = links.id"},
	{"SELECT sum(id) FILTER (WHERE age > ?) OVER (ORDER BY name = ?) FROM users GROUP BY age = ? HAVING max(id) > ? ORDER BY score = ?",
		"? compared > users.age, ? compared = users.name, ? compared = users.age, ? compared > users.id, ? compared = users.score"},
	{"SELECT value FROM json_each(?)", "? other"},
	{"INSERT INTO links (slug, price) VALUES (?, ? + 1), (lower(?), 2)", "? assigned links.slug, ? calculated integer, ? other"},
	{"INSERT INTO links SELECT ?, id, ?, 2.5, 'n' FROM users WHERE name = ?", "? assigned links.id, ? assigned links.slug, ? compared = users.name"},
	{"INSERT INTO links (id) VALUES (?) ON CONFLICT (id) WHERE price > ? DO UPDATE SET slug = ?, price = excluded.price + ? WHERE links.note = ? RETURNING id = ?",
		"? assigned links.id, ? compared > links.price, ? assigned links.slug, ? calculated real, ? compared = links.note, ? compared = links.id"},
	{"UPDATE users SET age = ?, (name, score) = (?, ?), boss = coalesce(?, boss) FROM links l WHERE l.price = ? RETURNING id + ?",
		"? assigned users.age, ? assigned users.name, ? assigned users.score, ? assigned users.boss, ? compared = links.price, ? calculated integer"},
	{"DELETE FROM links WHERE slug = ? RETURNING price > ?", "? compared = links.slug, ? compared > links.price"},
}

func TestUses(t *testing.T) {
	a := infer.New(model())
	db := open(t)
	for _, test := range uses {
		if stmt, err := db.PrepareContext(t.Context(), test.sql); err != nil {
			t.Errorf("SQLite refuses %s: %v", test.sql, err)
		} else {
			stmt.Close()
		}
		stmt, err := syntax.Parse(test.sql)
		if err != nil {
			t.Errorf("%s: %v", test.sql, err)
			continue
		}
		var got []string
		for _, u := range a.Analyze(stmt).Uses {
			words := []string{u.Var.Raw, useNames[u.Kind]}
			if u.Op != "" {
				words = append(words, u.Op)
			}
			switch o := u.Type.Source(); {
			case o.Column != nil:
				words = append(words, o.Table.Name+"."+o.Column.Name)
			case u.Type.Class != infer.Unknown:
				words = append(words, u.Type.Class.String())
			}
			if u.Fallback {
				words = append(words, "(fallback)")
			}
			got = append(got, strings.Join(words, " "))
		}
		if g := strings.Join(got, ", "); g != test.want {
			t.Errorf("%s\n\tis   %s\n\twant %s", test.sql, g, test.want)
		}
	}
}
