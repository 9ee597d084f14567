package stored

import (
	"slices"
	"strings"

	"github.com/dreysql/drey/internal/sqlite/sqltext"
	"github.com/dreysql/drey/internal/sqlite/sqltime"
)

// rewrite is an expression that stores the form of what expr stores, "" where
// none is known. The caller tries it.
func rewrite(f *Form, expr, want string) string {
	name, args, ok := timeCall(expr)
	if !ok {
		if f.Time == sqltime.Time && !isConstant(expr) && want != "" {
			return "datetime(" + expr + ")"
		}
		if isConstant(expr) {
			return want
		}
		return ""
	}
	fraction := name == "julianday"
	if name == "strftime" && len(args) > 0 {
		fraction = strings.Contains(args[0], "%f")
		args = args[1:]
	}
	args = slices.DeleteFunc(slices.Clone(args), func(arg string) bool {
		arg = sqltext.Fold(sqltext.Unquote(arg))
		fraction = fraction || strings.HasPrefix(arg, "subsec")
		return arg == "localtime" || arg == "utc" || strings.HasPrefix(arg, "subsec")
	})
	if len(args) == 0 {
		args = []string{"'now'"}
	}
	list := strings.Join(args, ", ")
	now := len(args) == 1 && sqltext.EqualFold(args[0], "'now'")
	switch {
	case f.unix == "unixepoch($a)" && now:
		return "unixepoch()"
	case f.unix != "":
		return strings.Replace(f.unix, "$a", list, 1)
	case f.Time == sqltime.Date && now:
		return "CURRENT_DATE"
	case f.Time == sqltime.Date:
		return "date(" + list + ")"
	case f.Time == sqltime.Time && fraction:
		return "rtrim(rtrim(strftime('%Y-%m-%d %H:%M:%f', " + list + "), '0'), '.')"
	case f.Time == sqltime.Time && now:
		return "CURRENT_TIMESTAMP"
	case f.Time == sqltime.Time:
		return "datetime(" + list + ")"
	}
	return ""
}

// timeFunctions are those of https://www.sqlite.org/lang_datefunc.html, and the
// words that are calls of them.
var timeFunctions = map[string]bool{"date": true, "time": true, "datetime": true, "julianday": true, "unixepoch": true, "strftime": true,
	"current_timestamp": true, "current_date": true, "current_time": true}

// timeCall takes an expression apart that is one call of a time function. A text
// in double quotes, which a DEFAULT takes for a string, gets single ones.
func timeCall(expr string) (name string, args []string, ok bool) {
	tokens := sqltext.Significant(expr)
	for len(tokens) > 2 && tokens[0].Is("(") && tokens[len(tokens)-1].Is(")") {
		tokens = tokens[1 : len(tokens)-1]
	}
	if len(tokens) == 0 || !timeFunctions[sqltext.Fold(tokens[0].Text)] {
		return "", nil, false
	}
	name = sqltext.Fold(tokens[0].Text)
	if len(tokens) == 1 {
		return name, nil, strings.HasPrefix(name, "current_")
	}
	if !tokens[1].Is("(") || !tokens[len(tokens)-1].Is(")") {
		return "", nil, false
	}
	depth := 0
	var arg strings.Builder
	for i, t := range tokens[2 : len(tokens)-1] {
		switch {
		case t.Is("("):
			depth++
		case t.Is(")"):
			if depth--; depth < 0 {
				return "", nil, false
			}
		case t.Is(",") && depth == 0:
			args = append(args, arg.String())
			arg.Reset()
			continue
		}
		if before := tokens[i+1]; arg.Len() > 0 && before.End() < t.Start {
			arg.WriteByte(' ')
		}
		if t.Kind == sqltext.Quoted {
			arg.WriteString(sqltext.Literal(t.Name()))
		} else {
			arg.WriteString(t.Text)
		}
	}
	if arg.Len() > 0 {
		args = append(args, arg.String())
	}
	return name, args, true
}

// isNow reports whether an expression is a call of a time function.
func isNow(expr string) bool {
	_, _, ok := timeCall(expr)
	return ok
}

// isCall reports whether an expression needs parentheses in a DEFAULT.
func isCall(expr string) bool { return strings.Contains(expr, "(") }

// isConstant reports whether an expression calls nothing, so that it has the same
// value each time.
func isConstant(expr string) bool {
	return !slices.ContainsFunc(sqltext.Significant(expr), func(t sqltext.Token) bool {
		return t.Is("(") || timeFunctions[sqltext.Fold(t.Text)]
	})
}

// isLocal reports whether a time function converts to local time.
func isLocal(expr string) bool {
	return slices.ContainsFunc(sqltext.Significant(expr), func(t sqltext.Token) bool {
		return (t.Kind == sqltext.String || t.Kind == sqltext.Quoted) && sqltext.EqualFold(t.Name(), "localtime")
	})
}

// isRandom reports whether an expression asks for a random value.
func isRandom(expr string) bool {
	return slices.ContainsFunc(sqltext.Significant(expr), func(t sqltext.Token) bool { return t.Is("random") || t.Is("randomblob") })
}
