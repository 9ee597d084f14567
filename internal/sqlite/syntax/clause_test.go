package syntax_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/sqlc-dev/meyer/ast"

	"github.com/dreysql/drey/internal/sqlite/syntax"
)

func TestVisit(t *testing.T) {
	for text, want := range map[string]string{
		"WITH c AS (SELECT 1) SELECT 2, (SELECT 3 WHERE 4) FROM f(5) JOIN (SELECT 6) ON 7 WHERE 8 GROUP BY 9 HAVING 10 ORDER BY 11 LIMIT 12 OFFSET 13": "SELECT 1, SELECT 2, SELECT (SELECT …), SELECT 3, WHERE 4, " +
			"FROM 5, SELECT 6, ON 7, WHERE 8, GROUP BY 9, HAVING 10, ORDER BY 11, LIMIT 12, OFFSET 13",
		"INSERT INTO t VALUES (1, 2) ON CONFLICT (a) WHERE 3 DO UPDATE SET a = 4 WHERE 5 RETURNING 6": "VALUES 1, VALUES 2, ON CONFLICT a, ON CONFLICT 3, " +
			"DO UPDATE SET 4, DO UPDATE … WHERE 5, RETURNING 6",
		"UPDATE t SET a = 1, b = 2 FROM f(3) WHERE 4 RETURNING 5":      "SET 1, SET 2, FROM 3, WHERE 4, RETURNING 5",
		"DELETE FROM t WHERE a IN (SELECT 1 WINDOW w AS (ORDER BY 2))": "WHERE (a IN …), SELECT 1, WINDOW 2",
		"CREATE VIEW v AS SELECT 1 UNION VALUES (2)":                   "SELECT 1, VALUES 2",
	} {
		stmt, err := syntax.Parse(text)
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		var got []string
		syntax.Visit(stmt, func(c syntax.Clause, x ast.Expr) { got = append(got, fmt.Sprint(c, " ", render(x))) })
		if g := strings.Join(got, ", "); g != want {
			t.Errorf("%s\n\tis   %s\n\twant %s", text, g, want)
		}
	}
}
