package seed

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/dreysql/drey/internal/sqlite/schema"
)

// snake is a name in small letters, its words joined by underscores.
func snake(name string) string {
	var b strings.Builder
	was := ' '
	for _, c := range name {
		switch {
		case !unicode.IsLetter(c) && !unicode.IsDigit(c):
			b.WriteByte('_')
		case unicode.IsUpper(c) && (unicode.IsLower(was) || unicode.IsDigit(was)):
			b.WriteByte('_')
			fallthrough
		default:
			b.WriteRune(unicode.ToLower(c))
		}
		was = c
	}
	return strings.Trim(b.String(), "_")
}

// ends reports whether a name in snake case ends with one of some words.
func ends(name string, words ...string) bool {
	return slices.ContainsFunc(words, func(w string) bool { return name == w || strings.HasSuffix(name, "_"+w) })
}

// kindsOf are the names that things in a table have, by a word of the table's name.
var kindsOf = []struct {
	words []string
	name  func(*row) string
}{
	{strings.Fields("user users person people persons customer customers employee employees author authors artist artists member members contact contacts student students teacher teachers player players owner owners patient patients staff profile profiles"), (*row).person},
	{strings.Fields("company companies organization organizations organisation organisations org orgs supplier suppliers vendor vendors shipper shippers client clients publisher publishers team teams tenant tenants store stores shop shops"), func(r *row) string { return r.fake.Company() }},
	{strings.Fields("product products item items"), func(r *row) string { return r.fake.ProductName() }},
	{strings.Fields("country countries"), func(r *row) string { return r.fake.Country() }},
	{strings.Fields("city cities town towns"), func(r *row) string { return r.fake.City() }},
	{strings.Fields("region regions state states province provinces territory territories"), func(r *row) string { return r.fake.State() }},
	{strings.Fields("language languages"), func(r *row) string { return r.fake.Language() }},
	{strings.Fields("currency currencies"), func(r *row) string { return r.fake.CurrencyLong() }},
	{strings.Fields("tag tags category categories genre genres label labels topic topics role roles permission permissions"), func(r *row) string { return r.fake.Noun() }},
}

// texts says what is in a column of text by the last words of its name. The first that
// fits counts.
var texts = []struct {
	words []string
	of    func(*row) string
}{
	{[]string{"email", "e_mail", "email_address", "mail"}, (*row).email},
	{[]string{"first_name", "firstname", "given_name", "forename"}, func(r *row) string { r.person(); return r.first }},
	{[]string{"last_name", "lastname", "surname", "family_name"}, func(r *row) string { r.person(); return r.last }},
	{[]string{"full_name", "fullname", "display_name", "author", "contact_name", "owner_name", "customer_name", "created_by_name"}, (*row).person},
	{[]string{"username", "user_name", "login", "handle", "nick", "nickname", "screen_name"}, func(r *row) string {
		r.person()
		return strings.ToLower(plain(r.first) + "." + plain(r.last))
	}},
	{[]string{"company", "company_name", "organization", "organisation", "employer", "publisher", "vendor"}, func(r *row) string { return r.fake.Company() }},
	{[]string{"slug", "permalink"}, func(r *row) string { return r.words(3, "-") }},
	{[]string{"user_agent", "useragent", "browser"}, func(r *row) string { return r.fake.UserAgent() }},
	{[]string{"avatar", "avatar_url", "image", "image_url", "photo", "picture", "thumbnail"}, func(r *row) string { return "https://example.com/" + r.words(1, "") + ".png" }},
	{[]string{"url", "uri", "link", "href", "website", "homepage", "referrer", "referer", "site"}, func(r *row) string { return "https://example.com/" + r.words(2, "/") }},
	{[]string{"host", "hostname", "domain"}, func(r *row) string { return r.words(1, "") + ".example.com" }},
	{[]string{"ip", "ip_address", "ip_addr", "ipv4", "remote_addr"}, func(r *row) string { return r.fake.IPv4Address() }},
	{[]string{"mac", "mac_address"}, func(r *row) string { return r.fake.MacAddress() }},
	{[]string{"phone", "phone_number", "telephone", "tel", "mobile", "fax"}, func(r *row) string { return fmt.Sprintf("+1 555 %03d %04d", r.IntN(1000), r.IntN(10000)) }},
	{[]string{"street", "address", "address_line", "address1", "line1", "street_address"}, func(r *row) string { return r.fake.Street() }},
	{[]string{"city", "town"}, func(r *row) string { return r.fake.City() }},
	{[]string{"country_code", "country_iso"}, func(r *row) string { return r.fake.CountryAbr() }},
	{[]string{"country", "nationality"}, func(r *row) string { return r.fake.Country() }},
	{[]string{"state_code"}, func(r *row) string { return r.fake.StateAbr() }},
	{[]string{"region", "province", "billing_state", "shipping_state"}, func(r *row) string { return r.fake.State() }},
	{[]string{"zip", "zip_code", "zipcode", "postcode", "postal_code", "postalcode", "postal"}, func(r *row) string { return r.fake.Zip() }},
	{[]string{"currency", "currency_code"}, func(r *row) string { return r.fake.CurrencyShort() }},
	{[]string{"locale", "language", "lang", "language_code"}, func(r *row) string { return r.fake.LanguageBCP() }},
	{[]string{"timezone", "time_zone", "tz"}, func(r *row) string { return r.fake.TimeZoneRegion() }},
	{[]string{"color", "colour"}, func(r *row) string { return r.fake.HexColor() }},
	{[]string{"gender", "sex"}, func(r *row) string { return r.fake.Gender() }},
	{[]string{"job", "job_title", "position", "occupation", "profession"}, func(r *row) string { return r.fake.JobTitle() }},
	{[]string{"department"}, func(r *row) string { return r.fake.JobDescriptor() }},
	{[]string{"status", "state"}, func(r *row) string { return pick(r, "new", "active", "active", "done", "closed") }},
	{[]string{"uuid", "guid", "uid"}, (*row).uuid},
	{[]string{"hash", "digest", "checksum", "sha256", "fingerprint", "secret", "password", "password_hash", "token", "api_key", "etag"}, func(r *row) string { return r.hex(32) }},
	{[]string{"version"}, func(r *row) string { return fmt.Sprintf("%d.%d.%d", r.IntN(5), r.IntN(20), r.IntN(10)) }},
	{[]string{"mime", "mime_type", "content_type", "media_type"}, func(r *row) string { return r.fake.FileMimeType() }},
	{[]string{"filename", "file_name", "file"}, func(r *row) string { return r.words(2, "-") + "." + r.fake.FileExtension() }},
	{[]string{"path", "folder", "directory"}, func(r *row) string { return "/" + r.words(2, "/") }},
	{[]string{"sku", "code", "reference", "ref", "number", "no", "serial", "isbn", "barcode"}, func(r *row) string {
		return fmt.Sprintf("%c%c-%05d", 'A'+r.IntN(26), 'A'+r.IntN(26), r.IntN(100000))
	}},
	{[]string{"title", "subject", "headline", "caption", "label"}, func(r *row) string { return capital(r.words(3, " ")) }},
	{[]string{"description", "bio", "body", "content", "text", "comment", "comments", "message", "note", "notes", "summary", "about", "details", "remarks", "abstract", "excerpt"}, (*row).sentence},
	{[]string{"composer", "assignee", "reviewer", "user", "owner", "customer", "employee", "contact"}, (*row).person},
	{[]string{"date", "day", "birthday", "dob"}, func(r *row) string { return dateText(r.base) }},
	{[]string{"at", "on", "time", "timestamp", "datetime", "modified", "created", "updated"}, func(r *row) string { return timeText(r.base) }},
	{[]string{"json", "metadata", "payload", "settings", "config", "attributes", "options", "properties"}, (*row).json},
}

// textOf is what is in a column of text, whose name is in snake case.
func textOf(t *schema.Table, column string) func(*row) string {
	switch {
	case ends(column, "state") && slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return ends(snake(c.Name), "city", "zip", "postal_code") }):
		return func(r *row) string { return r.fake.State() }
	case ends(column, "title") && slices.ContainsFunc(t.Columns, func(c schema.Column) bool { return ends(snake(c.Name), "last_name") }):
		return func(r *row) string { return r.fake.JobTitle() }
	}
	for _, t := range texts {
		if ends(column, t.words...) {
			return t.of
		}
	}
	if ends(column, "name") {
		of := snake(t.Name) // name in users, or user_name elsewhere
		if prefix, ok := strings.CutSuffix(column, "_name"); ok {
			of = prefix
		}
		for _, k := range kindsOf {
			if ends(of, k.words...) {
				return k.name
			}
		}
		return func(r *row) string { return capital(r.words(2, " ")) }
	}
	if ends(column, "id") {
		return (*row).uuid
	}
	return func(r *row) string { return r.words(2, " ") }
}

// integers says which numbers are in a column of integers.
var integers = []struct {
	words    []string
	min, max int64
}{
	{[]string{"age"}, 18, 90},
	{[]string{"year"}, 1970, 2026},
	{[]string{"month"}, 1, 12},
	{[]string{"day", "day_of_month"}, 1, 28},
	{[]string{"weekday", "day_of_week"}, 0, 6},
	{[]string{"hour"}, 0, 23},
	{[]string{"minute", "second"}, 0, 59},
	{[]string{"rating", "stars"}, 1, 5},
	{[]string{"score", "percent", "percentage", "progress"}, 0, 100},
	{[]string{"priority", "level", "rank"}, 1, 5},
	{[]string{"quantity", "qty"}, 1, 20},
	{[]string{"version", "revision"}, 1, 1},
	{[]string{"position", "sort_order", "sequence", "ordinal"}, 0, 99},
	{[]string{"price", "cents", "amount", "total", "cost", "balance", "fee", "salary"}, 100, 99_999},
	{[]string{"size", "bytes", "length"}, 100, 5_000_000},
	{[]string{"ms", "milliseconds", "millis", "duration"}, 1, 300_000},
	{[]string{"status", "status_code"}, 200, 204},
	{[]string{"port"}, 1024, 65535},
	{[]string{"flag", "enabled", "active", "deleted", "visible", "public", "archived"}, 0, 1},
}

// reals are integers' for numbers with a fraction.
var reals = []struct {
	words    []string
	min, max float64
	places   int
}{
	{[]string{"lat", "latitude"}, -60, 70, 6},
	{[]string{"lng", "lon", "long", "longitude"}, -180, 180, 6},
	{[]string{"rating", "stars"}, 1, 5, 1},
	{[]string{"ratio", "rate", "probability", "weight", "discount", "fraction"}, 0, 1, 3},
	{[]string{"percent", "percentage"}, 0, 100, 1},
	{[]string{"price", "amount", "total", "cost", "balance", "fee", "salary", "subtotal", "tax"}, 1, 999, 2},
}

// dated reports whether a column of integers is a time, in seconds since 1970.
func dated(column string) bool {
	return ends(column, "at", "time", "timestamp", "date", "expires", "expiry", "created", "updated", "modified", "deadline", "since", "until")
}

func pick[T any](r *row, list ...T) T { return list[r.IntN(len(list))] }

// plain is a text without what is not an ASCII letter.
func plain(text string) string {
	return strings.Map(func(c rune) rune {
		if c < 128 && unicode.IsLetter(c) {
			return c
		}
		return -1
	}, text)
}

func capital(text string) string {
	if text == "" {
		return ""
	}
	return strings.ToUpper(text[:1]) + text[1:]
}
