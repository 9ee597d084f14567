package sqltext

// Statement is one SQL statement of a text.
type Statement struct {
	Text  string // from its first to its last token: no blanks or comments around it, no final semicolon
	Start int    // byte offset in the text
	Ended bool   // a semicolon ends it
}

// End returns the byte offset at which the statement's last token ends, which
// is before its semicolon.
func (s Statement) End() int { return s.Start + len(s.Text) }

// Ended returns a statement with a semicolon and a line end. If the statement ends
// in a comment, they come below it.
func Ended(sql string) string {
	var last Token
	for t := range All(sql) {
		last = t
	}
	if last.Kind == Comment {
		return sql + "\n;\n"
	}
	return sql + ";\n"
}

// Split splits a text into its statements, with the ends that sqlite3_complete
// finds: at each semicolon, except inside a CREATE TRIGGER, which goes on to the
// END that follows a semicolon. Empty statements are left out.
func Split(sql string) []Statement {
	var list []Statement
	state, start, end := between, -1, 0
	for t := range All(sql) {
		if t.Blank() {
			continue
		}
		if state = advance[state][classOf(t)]; state == between {
			if start >= 0 {
				list = append(list, Statement{Text: sql[start:end], Start: start, Ended: true})
			}
			start = -1
			continue
		}
		if start < 0 {
			start = t.Start
		}
		end = t.End()
	}
	if start >= 0 {
		list = append(list, Statement{Text: sql[start:end], Start: start})
	}
	return list
}

// The states of sqlite3_complete.
const (
	between     = iota // before a statement
	inStatement        // in one that ends at the next semicolon
	explain            // after EXPLAIN, perhaps QUERY PLAN
	create             // after CREATE, perhaps TEMP
	trigger            // in a CREATE TRIGGER
	triggerSemi        // after a semicolon in it
	triggerEnd         // after "; END" in it
)

// The classes of token that matter.
const (
	semicolon = iota
	other
	wordExplain
	wordCreate
	wordTemp
	wordTrigger
	wordEnd
)

var words = []struct {
	word  string
	class int
}{
	{"EXPLAIN", wordExplain},
	{"CREATE", wordCreate},
	{"TEMP", wordTemp},
	{"TEMPORARY", wordTemp},
	{"TRIGGER", wordTrigger},
	{"END", wordEnd},
}

var advance = [...][7]int{
	//            ;            other        EXPLAIN      CREATE       TEMP         TRIGGER      END
	between:     {between, inStatement, explain, create, inStatement, inStatement, inStatement},
	inStatement: {between, inStatement, inStatement, inStatement, inStatement, inStatement, inStatement},
	explain:     {between, explain, inStatement, create, inStatement, inStatement, inStatement},
	create:      {between, inStatement, inStatement, inStatement, create, trigger, inStatement},
	trigger:     {triggerSemi, trigger, trigger, trigger, trigger, trigger, trigger},
	triggerSemi: {triggerSemi, trigger, trigger, trigger, trigger, trigger, triggerEnd},
	triggerEnd:  {between, trigger, trigger, trigger, trigger, trigger, trigger},
}

func classOf(t Token) int {
	if t.Is(";") {
		return semicolon
	}
	for _, w := range words {
		if t.Is(w.word) {
			return w.class
		}
	}
	return other
}
