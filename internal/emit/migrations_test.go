package emit

import (
	"strings"
	"testing"
)

func TestOwnTransaction(t *testing.T) {
	for _, tt := range []struct {
		name string
		up   []string
		want string // before | body | after, "" where it is not taken apart
	}{
		{"in one text", []string{"PRAGMA foreign_keys = OFF; BEGIN IMMEDIATE; DROP TABLE a; COMMIT; PRAGMA foreign_keys = ON;"},
			"PRAGMA foreign_keys = OFF | DROP TABLE a | PRAGMA foreign_keys = ON"},
		{"in several", []string{"pragma foreign_keys = off", "begin transaction;", "DROP TABLE a", "CREATE TABLE b (x)", "PRAGMA foreign_key_check", "end;"},
			"pragma foreign_keys = off | DROP TABLE a; CREATE TABLE b (x); PRAGMA foreign_key_check | "},
		{"a trigger inside", []string{"BEGIN; CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END; COMMIT"},
			" | CREATE TRIGGER t AFTER INSERT ON a BEGIN DELETE FROM b; SELECT 1; END | "},
		{"comments around", []string{"-- first\nBEGIN; -- BEGIN\n/* COMMIT; */ DROP TABLE a; COMMIT -- last"}, " | DROP TABLE a | "},
		{"none", []string{"CREATE TABLE a (x)"}, ""},
		{"nothing in it", []string{"BEGIN; COMMIT"}, ""},
		{"not ended", []string{"BEGIN; DROP TABLE a"}, ""},
		{"undone", []string{"BEGIN; DROP TABLE a; ROLLBACK"}, ""},
		{"two", []string{"BEGIN; DROP TABLE a; COMMIT; BEGIN; DROP TABLE b; COMMIT"}, ""},
		{"work before", []string{"CREATE TABLE a (x); BEGIN; DROP TABLE a; COMMIT"}, ""},
		{"work after", []string{"BEGIN; DROP TABLE a; COMMIT; VACUUM"}, ""},
		{"savepoints", []string{"BEGIN; SAVEPOINT s; DROP TABLE a; RELEASE s; COMMIT"}, ""},
		{"what cannot be in one", []string{"BEGIN; VACUUM; COMMIT"}, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := ""
			if before, body, after, ok := ownTransaction(tt.up); ok {
				got = strings.Join(before, "; ") + " | " + strings.Join(body, "; ") + " | " + strings.Join(after, "; ")
			}
			if got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}
