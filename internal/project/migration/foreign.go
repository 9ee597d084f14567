package migration

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/dreysql/drey/internal/diag"
	"github.com/dreysql/drey/internal/sqlite/sqltext"
)

// foreign is a migration of another tool, with what has to be known of all of them
// before it can be numbered.
type foreign struct {
	translation
	source   *source
	undoes   []byte // the content of the file with the way down, if that is another
	recorded string
	number   uint64 // that it has by its name, 0 for none
}

// addForeign numbers migrations in the order in which their tool runs them, and
// translates them.
func (l *loader) addForeign(list []foreign) {
	previous := int64(0)
	for i := range list {
		m := &list[i]
		previous++
		if m.number < math.MaxInt64/2 {
			previous = max(previous, int64(m.number))
		}
		if problem := m.forbidden(); problem != nil {
			l.add(problem)
			continue
		}
		goose, text, problem := m.file()
		if problem != nil {
			l.add(problem)
			continue
		}
		f := File{Path: m.source.path, Content: m.source.content, Format: m.format, From: m.format, Recorded: m.recorded, version: previous, goose: goose, content: text}
		if m.down != nil && m.down.path != f.Path {
			f.DownPath, f.undoes = m.down.path, m.undoes
		}
		l.files = append(l.files, f)
	}
}

// forbidden finds what SQLite does not know, or what leaves the database.
func (m *foreign) forbidden() *diag.Problem {
	for _, p := range []*part{m.up, m.down} {
		if p == nil {
			continue
		}
		for _, s := range sqltext.Split(p.text) {
			tokens := sqltext.Significant(s.Text)
			at := diag.Problem{File: p.path}
			switch {
			case tokens[0].Is(".") && len(tokens) > 1:
				at.Msg = fmt.Sprintf("%s is a command of the sqlite3 shell, which SQLite itself does not know", "."+tokens[1].Text)
				at.Fix = "delete the line: a schema does not depend on the shell's settings; what .read names is listed in sqlc.yaml"
			case tokens[0].Is("ATTACH"), tokens[0].Is("DETACH"):
				at.Msg = fmt.Sprintf("%s: what is in another database file is not part of this schema", strings.ToUpper(tokens[0].Text))
				at.Fix = "delete the statement; give the other database a block of sqlc.yaml of its own"
			default:
				continue
			}
			at.Line, at.Col = sqltext.Position(p.text, s.Start)
			at.Line += p.line - 1
			return &at
		}
	}
	return nil
}

// transactional are the words that begin statements which control a transaction, or
// cannot be in one.
var transactional = []string{"BEGIN", "COMMIT", "END", "ROLLBACK", "SAVEPOINT", "RELEASE", "VACUUM"}

// controls reports whether a text has a transaction of its own, or what cannot be in
// one, and whether it has a PRAGMA.
func controls(text string) (own, pragma bool) {
	for _, s := range sqltext.Split(text) {
		first := sqltext.Significant(s.Text)[0]
		own = own || slices.ContainsFunc(transactional, first.Is)
		pragma = pragma || first.Is("PRAGMA")
	}
	return own, pragma
}

func (s *source) whole() *part {
	return &part{path: s.path, text: strings.TrimPrefix(string(s.content), "\ufeff"), line: 1}
}

// number is the number that a name begins with, 0 for none and for one that is too
// large.
func number(base string) (digits string, n uint64) {
	digits = leadingDigits.FindString(base)
	n, _ = strconv.ParseUint(digits, 10, 64)
	return digits, n
}

var leadingDigits = regexp.MustCompile(`^[0-9]+`)

// readable are the files that are text.
func (l *loader) readable(sources []source, f *Format) []*source {
	var list []*source
	for i := range sources {
		if problem := sources[i].unreadable(f); problem != nil {
			l.add(problem)
			continue
		}
		list = append(list, &sources[i])
	}
	return list
}

// skipped is a file that the tool does not look at, but sqlc takes for the schema.
func (l *loader) skipped(s *source, f *Format, why, fix string) {
	l.add(&diag.Problem{File: s.path, Msg: fmt.Sprintf("%s skips this file: %s", f.Name, why), Fix: fix})
}

// once reports whether a version is a new one.
func (l *loader) once(seen map[string]string, version, path string) bool {
	if other, ok := seen[version]; ok {
		l.add(&diag.Problem{File: path, Msg: fmt.Sprintf("%s has version %s as well", other, version), Fix: "give the younger one the next free version"})
		return false
	}
	seen[version] = path
	return true
}

// golangMigrate reads pairs of files. Versions go by number, and one of which there
// is only the way down is counted and does nothing.
func (l *loader) golangMigrate(sources []source) {
	type pair struct{ up, down *source }
	pairs := map[uint64]*pair{}
	for _, s := range l.readable(sources, GolangMigrate) {
		m := migratePair.FindStringSubmatch(s.base())
		if m == nil {
			l.skipped(s, GolangMigrate, "its name is not a version, _, a name and .up.sql or .down.sql",
				"name it so, as in 000007_orders.up.sql; or move it to where sqlc.yaml does not name it")
			continue
		}
		n, err := strconv.ParseUint(m[1], 10, 64)
		if err != nil {
			l.skipped(s, GolangMigrate, "its version has more than 64 bits", "give it a smaller version")
			continue
		}
		p := pairs[n]
		if p == nil {
			p = &pair{}
			pairs[n] = p
		}
		to := &p.up
		if m[3] == "down" {
			to = &p.down
		}
		if *to != nil {
			l.add(&diag.Problem{File: s.path, Msg: fmt.Sprintf("%s has version %d as well", (*to).path, n), Fix: "give the younger one the next free version"})
			continue
		}
		*to = s
	}
	var list []foreign
	bare := false // x-no-tx-wrap, without which a transaction of their own fails
	for n, p := range pairs {
		m := foreign{source: p.up, number: n, recorded: fmt.Sprint(n)}
		m.format = GolangMigrate
		if p.down != nil {
			m.down, m.undoes = p.down.whole(), p.down.content
		}
		if p.up != nil {
			m.up = p.up.whole()
			own, _ := controls(m.up.text)
			bare = bare || own
		} else {
			m.source = p.down
			m.up = &part{path: p.down.path, line: 1}
		}
		list = append(list, m)
	}
	slices.SortFunc(list, func(a, b foreign) int { return cmp.Compare(a.number, b.number) })
	for i := range list {
		for _, p := range []*part{list[i].up, list[i].down} {
			if p != nil {
				own, pragma := controls(p.text)
				p.bare = own || bare && pragma
			}
		}
	}
	l.addForeign(list)
}

// dbmate reads files that are cut by comments, in the order of their names.
func (l *loader) dbmate(sources []source) {
	seen := map[string]string{}
	var list []foreign
	for _, s := range byName(l.readable(sources, Dbmate)) {
		digits, n := number(s.base())
		if digits == "" {
			l.skipped(s, Dbmate, "its name does not begin with a version", "name it so, as in 20260131120000_orders.sql; or move it to where sqlc.yaml does not name it")
			continue
		}
		m := foreign{source: s, number: n, recorded: digits}
		m.format = Dbmate
		if l.once(seen, digits, s.path) && l.cut(&m, dbmateUp, dbmateDown) {
			list = append(list, m)
		}
	}
	l.addForeign(list)
}

var (
	dbmateUp   = regexp.MustCompile(`(?m)^--[ \t]*migrate:up([ \t\r]*$|[ \t]+\S.*$)`)
	dbmateDown = regexp.MustCompile(`(?m)^--[ \t]*migrate:down([ \t\r]*$|[ \t]+\S.*$)`)
	dbmateBare = regexp.MustCompile(`(?:^|\s)transaction:false(?:\s|$)`)
	ternDown   = regexp.MustCompile(`(?m)^---- create above / drop below ----.*$`)
	ternBare   = regexp.MustCompile(`(?m)^---- tern: disable-tx ----\s*$`)
)

// cut cuts a file at the first line of each kind, as dbmate does, which does not know
// where a text in quotes goes on over several lines.
func (l *loader) cut(m *foreign, up, down *regexp.Regexp) bool {
	s := m.source
	text := string(s.content)
	fail := func(line int, msg, fix string) bool {
		l.add(&diag.Problem{File: s.path, Line: line, Msg: msg, Fix: fix})
		return false
	}
	lineAt := func(offset int) int { return 1 + strings.Count(text[:offset], "\n") }
	begins, ends := up.FindStringIndex(text), down.FindStringIndex(text)
	switch {
	case begins == nil:
		return fail(1, `there is no line "-- migrate:up" in this migration, so dbmate refuses it`, `put "-- migrate:up" above the statements, and "-- migrate:down" above those that undo them`)
	case ends != nil && ends[0] < begins[0]:
		return fail(lineAt(ends[0]), `"-- migrate:down" stands above "-- migrate:up"`, `put "-- migrate:up" and its statements first`)
	}
	if found := up.FindAllStringIndex(text, 2); len(found) > 1 {
		return fail(lineAt(found[1][0]), `there is a second "-- migrate:up": dbmate takes it for another migration of the same version, which its table does not take twice`, "put what follows into a file with a version of its own")
	}
	if found := down.FindAllStringIndex(text, 2); len(found) > 1 {
		return fail(lineAt(found[1][0]), `there is a second "-- migrate:down", so dbmate refuses it`, "leave the line out, or put what follows into a file with a version of its own")
	}
	m.above = part{path: s.path, text: text[:begins[0]], line: 1}
	for i, line := range linesOf(m.above.text) {
		if strings.TrimSpace(line) != "" && !isComment(line) {
			return fail(i+1, `there is SQL above "-- migrate:up"`, `put it below "-- migrate:up"`)
		}
	}
	for _, mark := range [][]int{begins, ends} {
		if mark != nil && inText(text, mark[0]) {
			return fail(lineAt(mark[0]), "dbmate cuts the migration at this line, which is inside a text or a comment", "write the line otherwise, with a blank before it for one")
		}
	}
	section := func(mark []int, end int) *part {
		from := min(len(text), mark[1]+1)
		return &part{path: s.path, text: text[from:end], line: lineAt(mark[0]) + 1, bare: dbmateBare.MatchString(text[mark[0]:mark[1]])}
	}
	if ends == nil {
		m.up, m.down = section(begins, len(text)), &part{path: s.path, line: lineAt(max(0, len(text)-1))}
		return true
	}
	m.up, m.down = section(begins, ends[0]), section(ends, len(text))
	return true
}

// inText reports whether an offset is inside a token: a text, a name or a block
// comment.
func inText(text string, offset int) bool {
	for t := range sqltext.All(text) {
		if t.Start <= offset && offset < t.End() {
			return t.Start < offset && t.Kind != sqltext.Space
		}
	}
	return false
}

// tern reads files in which one line is between what is made and what undoes it.
func (l *loader) tern(sources []source) {
	seen := map[string]string{}
	var list []foreign
	for _, s := range l.readable(sources, Tern) {
		digits, n := number(s.base())
		if digits == "" {
			l.skipped(s, Tern, "its name does not begin with a number", "name it so, as in 007_orders.sql; or move it to where sqlc.yaml does not name it")
			continue
		}
		if !l.once(seen, fmt.Sprint(n), s.path) {
			continue
		}
		m := foreign{source: s, number: n, recorded: digits}
		m.format, m.up = Tern, s.whole()
		m.up.bare = ternBare.MatchString(m.up.text)
		if at := ternDown.FindStringIndex(m.up.text); at != nil {
			line := strings.Count(m.up.text[:at[0]], "\n") + 2
			m.down = &part{path: s.path, text: m.up.text[min(len(m.up.text), at[1]+1):], line: line, bare: m.up.bare}
			m.up.text = m.up.text[:at[0]]
		}
		list = append(list, m)
	}
	slices.SortStableFunc(list, func(a, b foreign) int { return cmp.Compare(a.number, b.number) })
	l.addForeign(list)
}

// sqlMigrate reads goose's ancestor's form: line by line the same.
func (l *loader) sqlMigrate(sources []source) {
	var list []foreign
	for _, s := range l.readable(sources, SQLMigrate) {
		_, n := number(s.base())
		list = append(list, foreign{source: s, number: n, recorded: s.base()})
	}
	slices.SortStableFunc(list, func(a, b foreign) int {
		numbered := func(f foreign) int { return min(1, len(leadingDigits.FindString(f.source.base()))) }
		return cmp.Or(-cmp.Compare(numbered(a), numbered(b)), cmp.Compare(a.number, b.number), cmp.Compare(a.recorded, b.recorded))
	})
	previous := int64(0)
	for i := range list {
		m := &list[i]
		previous = max(previous+1, int64(min(m.number, math.MaxInt64/2)))
		m.format = SQLMigrate
		m.annotations()
		goose := m.text.String()
		text, fault := scan(goose)
		if fault != nil {
			own := strings.NewReplacer("+goose NO TRANSACTION", "+migrate Up notransaction", "+goose", "+migrate", "goose", "sql-migrate")
			l.add(&diag.Problem{File: m.source.path, Line: m.lines[min(fault.line, len(m.lines))-1].line, Msg: own.Replace(fault.msg), Fix: own.Replace(fault.fix)})
			continue
		}
		if problem := m.place(&text, [2]string{}); problem != nil {
			l.add(problem)
			continue
		}
		l.files = append(l.files, File{Path: m.source.path, Content: m.source.content, Format: SQLMigrate, From: SQLMigrate, Recorded: m.recorded,
			version: previous, goose: []byte(goose), content: text})
	}
}

var sqlMigrateMark = regexp.MustCompile(`^-- \+migrate (Up|Down|StatementBegin|StatementEnd)\b(.*)$`)

// annotations writes a file of sql-migrate's with goose's annotations, each in the
// place of its own. A migration of which one section needs no transaction has none in
// the other either.
func (m *foreign) annotations() {
	lines := linesOf(string(m.source.content))
	marks := make([][]string, len(lines))
	for i, line := range lines {
		marks[i] = sqlMigrateMark.FindStringSubmatch(line)
		if mark := marks[i]; mark != nil && m.text.Len() == 0 && slices.Contains(strings.Fields(mark[2]), "notransaction") {
			m.write("-- +goose NO TRANSACTION", m.source.path, i+1)
		}
	}
	for i, line := range lines {
		if marks[i] != nil {
			line = "-- +goose " + marks[i][1]
		}
		m.write(line, m.source.path, i+1)
	}
	if len(lines) == 0 {
		m.write("", m.source.path, 1)
	}
}

func byName(list []*source) []*source {
	slices.SortStableFunc(list, func(a, b *source) int { return cmp.Compare(a.base(), b.base()) })
	return list
}

var (
	atlasDirective = regexp.MustCompile(`(?m)^-- atlas:(\w+)(?: +(.*?))?\s*$`)
	afterWord      = regexp.MustCompile(`[^\pL\pN]+`)
)

// atlas reads whole files in the order of their names. The last checkpoint is the
// whole schema until then, and a new database begins with it.
func (l *loader) atlas(sources []source) {
	seen := map[string]string{}
	var list []foreign
	for _, s := range byName(l.readable(sources, Atlas)) {
		version, _, _ := strings.Cut(strings.TrimSuffix(s.base(), ".sql"), "_")
		if !l.once(seen, version, s.path) {
			continue
		}
		_, n := number(version)
		m := foreign{source: s, number: n, recorded: version}
		m.format, m.up = Atlas, s.whole()
		own, _ := controls(m.up.text)
		m.up.bare = own
		for _, d := range atlasDirective.FindAllStringSubmatch(m.up.text, -1) {
			switch {
			case d[1] == "checkpoint":
				list = nil
			case d[1] == "txmode" && d[2] == "none":
				m.up.bare = true
			}
		}
		list = append(list, m)
	}
	l.addForeign(list)
}

// undoes are the words at the end of a name that say of a file that it undoes another.
var undoes = []string{"down", "undo", "rollback", "revert"}

// saysDown finds a comment below which the statements undo what is above it.
var saysDown = regexp.MustCompile(`(?i)^--+\s*[@+]?(?:goose|migrate|dbmate)?[ :]*(?:down|undo|rollback|revert)\b\W*$`)

// plain reads whole files in the order of sqlc: that of the paths, and of the names in
// a folder.
func (l *loader) plain(sources []source) {
	var list []foreign
	for _, s := range l.readable(sources, Plain) {
		if other := s.undoes(sources); other != "" {
			l.add(&diag.Problem{File: s.path, Msg: "by its name this file undoes " + other + ", and sqlc reads it as a part of the schema, too",
				Fix: "name the other files alone in sqlc.yaml, or give the two golang-migrate's names: 001_name.up.sql and 001_name.down.sql"})
			continue
		}
		m := foreign{source: s, recorded: s.base()}
		m.format, m.up = Plain, s.whole()
		if line := s.downLine(); line > 0 {
			l.add(&diag.Problem{File: s.path, Line: line, Msg: "this comment seems to say that the statements below it undo the file; drey and sqlc do not know it, and would run them",
				Fix: "keep the statements that undo the schema out of the file; or write the comment as a tool does that both know, as in -- +goose Down"})
			continue
		}
		_, m.number = number(strings.TrimLeft(s.base(), "vV"))
		own, pragma := controls(m.up.text)
		m.up.bare = own || pragma
		list = append(list, m)
	}
	l.addForeign(list)
}

// undoes is the path of the file that this one undoes by its name, or "".
func (s *source) undoes(all []source) string {
	words := afterWord.Split(strings.ToLower(strings.TrimSuffix(s.base(), ".sql")), -1)
	last := len(words) - 1
	if last < 1 || !slices.Contains(undoes, words[last]) {
		return ""
	}
	stem := strings.Join(words[:last], " ")
	for i := range all {
		other := &all[i]
		name := strings.Join(afterWord.Split(strings.ToLower(strings.TrimSuffix(other.base(), ".sql")), -1), " ")
		if other.path != s.path && path.Dir(other.path) == path.Dir(s.path) && (name == stem || strings.HasPrefix(name, stem+" ")) {
			return other.path
		}
	}
	return ""
}

// downLine is the line of a comment between statements that says down of those below
// it, 0 for none.
func (s *source) downLine() int {
	text := string(s.content)
	end := 0
	for _, statement := range sqltext.Split(text) {
		if end > 0 {
			for t := range sqltext.All(text[end:statement.Start]) {
				if t.Kind != sqltext.Comment || !saysDown.MatchString(t.Text) {
					continue
				}
				line, col := sqltext.Position(text, end+t.Start)
				if at := end + t.Start; strings.TrimSpace(text[at-col+1:at]) == "" { // on a line of its own
					return line
				}
			}
		}
		end = statement.End()
	}
	return 0
}
