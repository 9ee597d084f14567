package studio

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// shown is a value as a page has it.
type shown struct {
	Text  string
	Class string // of what it is: null, number, text, blob
	Hint  string // where the pointer rests
	More  string // the size, of one that is cut
	Link  string
}

// show makes a value readable. What nobody sees is made visible.
func show(c cell, of *column) shown {
	switch v := c.value.(type) {
	case nil:
		return shown{Text: "NULL", Class: "null"}
	case int64:
		s := shown{Text: strconv.FormatInt(v, 10), Class: "number"}
		if of.Kind == boolKind && (v == 0 || v == 1) {
			s.Class, s.Hint = "bool", strconv.FormatBool(v == 1)
		} else if isTime(of.Name, of.Declared) {
			s.Hint = moment(v)
		}
		return s
	case float64:
		return shown{Text: formatFloat(v), Class: "number"}
	case string:
		s := shown{Text: visible(v), Class: "text"}
		if v == "" {
			s.Class, s.Hint = "text empty", "an empty text"
		}
		if c.cut {
			s.Text, s.More = s.Text+"…", bytesOf(c.size)
		}
		return s
	case []byte:
		s := shown{Text: fmt.Sprintf("%x", v), Class: "blob", Hint: "BLOB of " + bytesOf(c.size)}
		if c.cut || len(v) == 0 {
			s.Text, s.More = s.Text+"…", bytesOf(c.size)
		}
		if len(v) == 0 {
			s.Text = ""
		}
		return s
	}
	return shown{Text: fmt.Sprint(c.value), Class: "text"}
}

// visible replaces what cannot be seen, or would move what is around it.
func visible(text string) string {
	clean := true
	for _, r := range text {
		if r == utf8.RuneError || unicode.IsControl(r) && r != '\n' && r != '\t' || unicode.Is(unicode.Cf, r) {
			clean = false
			break
		}
	}
	if clean {
		return text
	}
	var b strings.Builder
	for i, r := range text {
		switch {
		case r == utf8.RuneError:
			if _, size := utf8.DecodeRuneInString(text[i:]); size == 1 {
				fmt.Fprintf(&b, `\x%02x`, text[i])
				continue
			}
			b.WriteRune(r)
		case r == '\n' || r == '\t':
			b.WriteRune(r)
		case r < 0x20:
			b.WriteRune('␀' + r)
		case unicode.IsControl(r) || unicode.Is(unicode.Cf, r) && r != '\u200d' && r != '\u200c':
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// bytesOf is a size for people.
func bytesOf(n int64) string {
	switch {
	case n < 1<<10:
		return fmt.Sprintf("%d B", n)
	case n < 1<<20:
		return fmt.Sprintf("%.1f kB", float64(n)/(1<<10))
	}
	return fmt.Sprintf("%.1f MB", float64(n)/(1<<20))
}

// isTime reports whether a column is declared as a time or a date, or called like one.
func isTime(name, declared string) bool {
	declared = strings.ToUpper(declared)
	return strings.Contains(declared, "DATE") || strings.Contains(declared, "TIME") || timeName.MatchString(name)
}

var timeName = regexp.MustCompile(`(?i)(^|_)(at|on|time|date|until|since|timestamp|created|updated|expires)$`)

// moment is what a number of seconds or milliseconds since 1970 is as a time, "" if it is
// more likely something else.
func moment(n int64) string {
	const from, to = 1e8, 4e9 // 1973 to 2096
	switch {
	case from <= n && n < to:
		return time.Unix(n, 0).UTC().Format("2006-01-02 15:04:05") + " UTC"
	case from*1000 <= n && n < to*1000:
		return time.UnixMilli(n).UTC().Format("2006-01-02 15:04:05.000") + " UTC"
	}
	return ""
}

// thousands writes a number with separators.
func thousands(n int64) string {
	text := strconv.FormatInt(n, 10)
	for i := len(text) - 3; i > 0 && text[i-1] != '-'; i -= 3 {
		text = text[:i] + "," + text[i:]
	}
	return text
}

// about is a number for people who do not count.
func about(n int64) string {
	switch {
	case n < 0:
		return ""
	case n < 1000:
		return strconv.FormatInt(n, 10)
	case n < 1_000_000:
		return fmt.Sprintf("%.3gk", float64(n)/1e3)
	}
	return fmt.Sprintf("%.3gM", float64(n)/1e6)
}
