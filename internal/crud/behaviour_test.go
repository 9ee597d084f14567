package crud_test

import (
	"fmt"
	"strings"
	"testing"
)

// TestDefaultsAreSQLites: a row created without a column is the row that SQLite
// makes when the column is not named, to the type of each value.
func TestDefaultsAreSQLites(t *testing.T) {
	p := newProject(t, "defaults")
	for table, create := range map[string]string{"required": "CreateRequired", "optional": "CreateOptional"} {
		withinASecond(t, p.db, func() {
			p.exec("DELETE FROM " + table)
			p.exec("INSERT INTO " + table + " DEFAULT VALUES")
			if _, err := p.call(create, nil); err != nil {
				t.Fatal(err)
			}
		})
		var columns []string
		for _, c := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			columns = append(columns, "typeof("+c+")", "quote("+c+")")
		}
		if table == "required" {
			for c := 'm'; c <= 'z'; c++ {
				columns = append(columns, fmt.Sprintf("typeof(%c)", c), fmt.Sprintf("quote(%c)", c))
			}
		}
		var n int
		if err := p.db.QueryRow("SELECT COUNT(DISTINCT concat_ws('|', " + strings.Join(columns, ", ") + ")) FROM " + table).Scan(&n); err != nil {
			t.Fatal(err)
		}
		if n != 1 {
			rows, err := p.call("List"+strings.TrimPrefix(create, "Create")+"s", nil)
			t.Errorf("%s: the rows differ: %v %v", table, rows, err)
		}
	}
}

func TestCreate(t *testing.T) {
	p := newProject(t, "links")
	p.want("CreateUser", args{"Email": "a@x"}, row{"id": int64(1), "name": "", "bio": "none", "seen_at": nil})
	p.want("CreateUser", args{"Email": "b@x", "Name": "B", "SetBio": true, "Bio": "b"}, row{"id": int64(2), "name": "B", "bio": "b"})
	p.want("CreateUser", args{"Email": "c@x", "SetBio": true, "Bio": nil}, row{"bio": nil})
	p.want("CreateUser", args{"Email": "d@x", "Bio": "without SetBio"}, row{"bio": "without SetBio"})
	p.want("CreateUser", args{"Email": "e@x", "CreatedAt": 7, "SeenAt": 8}, row{"created_at": int64(7), "seen_at": int64(8)})
	p.want("CreateUser", args{"Email": "f@x", "ID": 70}, row{"id": int64(70)})
	p.want("CreateUser", args{"Email": "g@x"}, row{"id": int64(71)})
	if _, err := p.call("CreateUser", args{"Email": "h@x", "ID": 70}); err == nil {
		t.Error("a key can be used twice")
	}
	if _, err := p.call("CreateUser", args{"Email": "a@x"}); err == nil {
		t.Error("an address can be used twice")
	}
	// host is a generated column
	p.want("CreateLink", args{"UserID": 1, "Slug": "s", "Url": "HTTP://X"}, row{"host": "http://x", "note": nil})
}

func TestReadAndDelete(t *testing.T) {
	p := newProject(t, "links")
	for _, email := range []string{"a@x", "b@x"} {
		p.want("CreateUser", args{"Email": email}, row{})
	}
	for i, slug := range []string{"c", "a", "b"} {
		p.want("CreateLink", args{"UserID": 1 + i%2, "Slug": slug, "Url": "u" + slug, "Alias": slug + slug}, row{})
	}
	p.want("GetUser", args{"id": 2}, row{"email": "b@x"})
	p.want("GetUser", args{"id": 3})
	p.want("GetUserByEmail", args{"email": "a@x"}, row{"id": int64(1)})
	p.want("GetLinkByUserIDAndSlug", args{"UserID": 1, "Slug": "b"}, row{"id": int64(3)})
	p.want("GetLinkByUserIDAndSlug", args{"UserID": 2, "Slug": "b"})
	p.want("GetLinkByAlias", args{"alias": "aa"}, row{"id": int64(2)})
	p.want("GetLinkByAlias", args{"alias": nil})
	p.want("ListLinks", nil, row{"slug": "c"}, row{"slug": "a"}, row{"slug": "b"})
	p.want("ListLinksByUserID", args{"userID": 1}, row{"slug": "c"}, row{"slug": "b"})
	p.want("CountLinks", nil, row{"COUNT(*)": int64(3)})
	p.want("DeleteLink", args{"id": 1}, row{"rows": int64(1)})
	p.want("DeleteLink", args{"id": 1}, row{"rows": int64(0)})
	p.want("CountLinks", nil, row{"COUNT(*)": int64(2)})
}

func TestUpdate(t *testing.T) {
	p := newProject(t, "links")
	p.want("CreateUser", args{"Email": "a@x", "Name": "A", "SeenAt": 5}, row{"bio": "none"})
	p.want("UpdateUser", args{"ID": 1}, row{"email": "a@x", "name": "A", "bio": "none", "seen_at": int64(5)})
	p.want("UpdateUser", args{"ID": 1, "Name": "B"}, row{"email": "a@x", "name": "B", "bio": "none", "seen_at": int64(5)})
	p.want("UpdateUser", args{"ID": 1, "Name": ""}, row{"name": ""})
	p.want("UpdateUser", args{"ID": 1, "Bio": "without SetBio"}, row{"bio": "without SetBio"})
	p.want("UpdateUser", args{"ID": 1, "SetBio": true, "Bio": nil}, row{"bio": nil, "seen_at": int64(5)})
	p.want("UpdateUser", args{"ID": 1, "SetSeenAt": true}, row{"seen_at": nil})
	p.want("UpdateUser", args{"ID": 1, "CreatedAt": 9}, row{"created_at": int64(9)})
	p.want("UpdateUser", args{"ID": 2, "Name": "nobody"})

	p.want("CreateLink", args{"UserID": 1, "Slug": "s", "Url": "U"}, row{"host": "u"})
	p.want("UpdateLink", args{"ID": 1, "Url": "V"}, row{"host": "v", "slug": "s"})
}

func TestUpsert(t *testing.T) {
	p := newProject(t, "links")
	p.want("UpsertUser", args{"ID": 7, "Email": "a@x", "CreatedAt": 1},
		row{"id": int64(7), "name": "", "bio": "none", "created_at": int64(1)})

	// what is left out stays
	p.want("UpsertUser", args{"ID": 7, "Email": "b@x", "Name": "B", "SetBio": true, "Bio": "b"},
		row{"id": int64(7), "email": "b@x", "name": "B", "bio": "b", "created_at": int64(1)})
	p.want("UpsertUserByEmail", args{"Email": "b@x", "SeenAt": 3},
		row{"id": int64(7), "name": "B", "bio": "b", "created_at": int64(1), "seen_at": int64(3)})

	// a value counts by itself, and NULL with SetBio
	p.want("UpsertUserByEmail", args{"Email": "b@x", "Bio": "c", "SeenAt": 3}, row{"id": int64(7), "bio": "c"})
	p.want("UpsertUserByEmail", args{"Email": "b@x", "SetBio": true},
		row{"id": int64(7), "name": "B", "bio": nil, "seen_at": nil})

	// another key makes another row
	p.want("UpsertUserByEmail", args{"Email": "c@x"}, row{"id": int64(8), "bio": "none"})
	p.want("CountUsers", nil, row{"COUNT(*)": int64(2)})

	// the other unique keys still hold
	if _, err := p.call("UpsertUser", args{"ID": 9, "Email": "c@x"}); err == nil {
		t.Error("an address can be used twice")
	}
	p.want("CreateLink", args{"UserID": 7, "Slug": "s", "Url": "U"}, row{"host": "u"})
	p.want("UpsertLinkByUserIDAndSlug", args{"UserID": 7, "Slug": "s", "Url": "V"}, row{"id": int64(1), "host": "v"})
	p.want("UpsertLinkByUserIDAndSlug", args{"UserID": 8, "Slug": "t", "Url": "W"}, row{"user_id": int64(8)})

	// url is a key of the links without a note
	p.want("UpsertLinkByUrl", args{"UserID": 7, "Slug": "u", "Url": "W"}, row{"id": int64(3), "slug": "u", "user_id": int64(7)})
	p.want("UpsertLinkByUrl", args{"UserID": 7, "Slug": "v", "Url": "W", "Note": "n"}, row{"id": int64(5), "slug": "v", "note": "n"})
	p.want("UpsertLinkByUrl", args{"UserID": 7, "Slug": "w", "Url": "W"}, row{"id": int64(3), "slug": "w", "note": nil})
}

func TestKeys(t *testing.T) {
	p := newProject(t, "keys")

	p.want("CreateCounter", nil, row{"id": int64(1)})
	p.want("UpsertCounter", args{"id": 1}, row{"id": int64(1)}) // a row, though nothing changes
	p.want("UpsertCounter", args{"id": 5}, row{"id": int64(5)})
	p.want("CreateCounter", nil, row{"id": int64(6)})
	p.want("CreateCounterWithID", args{"id": 8}, row{"id": int64(8)})

	p.want("UpsertCountry", args{"Code": "de", "Name": "DE"}, row{"name": "DE"})
	p.want("UpsertCountry", args{"Code": "de", "Name": "Germany"}, row{"name": "Germany"})

	rows, err := p.call("CreateToken", args{"Label": "a"})
	if err != nil || len(rows) != 1 || len(rows[0]["id"].(string)) != 16 {
		t.Errorf("no default for the key: %v %v", rows, err)
	}
	p.want("CreateToken", args{"ID": "mine", "Label": "b"}, row{"id": "mine"})
	p.want("UpdateToken", args{"ID": "mine", "Label": "c"}, row{"label": "c"})

	// composite, and referring to itself
	p.want("CreateRegion", args{"Country": "de", "Region": "by"}, row{"parent": nil})
	p.want("CreateRegion", args{"Country": "de", "Region": "m", "Parent": "by"}, row{"parent": "by"})
	p.want("GetRegion", args{"Country": "de", "Region": "m"}, row{"parent": "by"})
	p.want("GetRegion", args{"Country": "de", "Region": nil})
	p.want("ListRegionsByCountryAndParent", args{"Country": "de", "Parent": "by"}, row{"region": "m"})
	p.want("UpdateRegion", args{"Country": "de", "Region": "m", "SetParent": true}, row{"parent": nil})
	p.want("UpsertRegion", args{"Country": "de", "Region": "m", "Parent": "by"}, row{"parent": "by"})
	p.want("DeleteRegion", args{"Country": "de", "Region": "m"}, row{"rows": int64(1)})
	p.want("CreateVisit", args{"Country": "de", "Region": "by"}, row{"seen": int64(0)})
	p.want("ListVisitsByCountryAndRegion", args{"Country": "de", "Region": "by"}, row{"seen": int64(0)})

	// a unique key over a generated column
	p.want("CreateAccount", args{"ID": 5, "Email": "A@X"}, row{"id": int64(5), "folded": "a@x"})
	p.want("GetAccountByFolded", args{"folded": "a@x"}, row{"email": "A@X"})
	p.want("UpsertAccountByFolded", args{"ID": 8, "Email": "a@X"}, row{"id": int64(5), "email": "a@X"})
	if _, err := p.call("CreateAccount", args{"ID": 7, "Email": "b@x"}); err == nil {
		t.Error("a row refers to a counter that is not there")
	}

	// the order of rows without a key
	p.want("CreateLog", args{"Rowid": "z", "Message": "1"}, row{"rowid": "z"})
	p.want("CreateLog", args{"Rowid": "a", "Message": "2"}, row{"rowid": "a"})
	p.want("ListLogs", nil, row{"message": "1"}, row{"message": "2"})
}

func TestOddNames(t *testing.T) {
	p := newProject(t, "names")
	p.want("CreatePurchase", args{"WithDash": "-", "SecondFactor": "2", "ItS": "i", "BackQuote": "b", "C100": "c", "CamelCase": "C"},
		row{"order id": int64(1), "group": "a", "with-dash": "-", "2fa": "2", "it's": "i", "back`quote": "b", "100%": "c", "CamelCase": "C"})
	p.want("UpdatePurchase", args{"OrderID": 1, "SetItS": true, "WithDash": "+"}, row{"it's": nil, "with-dash": "+", "back`quote": "b"})
	p.want("CreateLineItem", args{"OrderID": 1, "No": 2}, row{"order id": int64(1), "no.": int64(2)})
	p.want("ListLineItemsByOrderID", args{"orderID": 1}, row{"no.": int64(2)})
	p.want("GetPurchase", args{"orderID": 1}, row{"group": "a"})

	p.want("CreateNews", args{"Title": "t", "SetTitle": "s"}, row{"title": "t", "set_title": "s"})
	p.want("UpdateNews", args{"ID": 1, "SetTitle": "v", "SetSetTitle": true}, row{"title": "t", "set_title": "v"})
	p.want("UpdateNews", args{"ID": 1, "SetTitle": nil, "SetTitle2": true, "SetSetTitle": true}, row{"title": nil, "set_title": nil})
}

// TestEmptyBlob: an empty BLOB is a value, and not a column left out.
func TestEmptyBlob(t *testing.T) {
	p := newProject(t, "defaults")
	for i, step := range []struct {
		query string
		k     []byte
		want  string
	}{
		{"CreateRequired", []byte{}, "X''"},
		{"UpdateRequired", []byte{1}, "X'01'"},
		{"UpdateRequired", nil, "X'01'"},
		{"UpdateRequired", []byte{}, "X''"},
	} {
		a := args{"K": step.k}
		if i > 0 {
			a["ID"] = 1
		}
		if _, err := p.call(step.query, a); err != nil {
			t.Fatal(err)
		}
		var got string
		if err := p.db.QueryRow("SELECT quote(k) FROM required").Scan(&got); err != nil {
			t.Fatal(err)
		}
		if got != step.want {
			t.Errorf("%s(%v): have %s, want %s", step.query, step.k, got, step.want)
		}
	}
}
