package enum

import (
	"fmt"
	"strings"
	"unicode"
)

// Type is the Go type of a column.
type Type struct {
	Name      string // InvoiceStatus
	Of        string // invoices.status
	Values    []string
	Constants []string // InvoiceStatusDraft, for each of the values
}

// All is the function that returns all values.
func (t *Type) All() string { return "All" + t.Name + "Values" }

// name gives the type and its constants names that are not taken, and takes them.
// Constants are called after their values; where two values would give one name,
// or the name is taken, each of them spells its value out. So no name depends on
// the order of the values.
func (t *Type) name(base string, taken map[string]bool) error {
	t.Name = base
	if taken[t.Name] || taken[t.All()] {
		t.Name += "Enum"
	}
	if taken[t.Name] || taken[t.All()] {
		return fmt.Errorf("the names %s and %s are taken", base, t.Name)
	}
	taken[t.Name], taken[t.All()] = true, true
	count := map[string]int{}
	for _, v := range t.Values {
		count[t.Name+word(v)]++
	}
	for _, v := range t.Values {
		name := t.Name + word(v)
		if word(v) == "" || count[name] > 1 || taken[name] {
			name = t.Name + "_" + spelled(v)
		}
		if taken[name] {
			return fmt.Errorf("the name %s for its value %q is taken", name, v)
		}
		taken[name] = true
		t.Constants = append(t.Constants, name)
	}
	return nil
}

// word is a value as a part of a Go name: InProgress of "in-progress" and
// "IN_PROGRESS", Empty of "", "" of a value without letters and digits.
func word(value string) string {
	if value == "" {
		return "Empty"
	}
	var b strings.Builder
	for _, part := range strings.FieldsFunc(value, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
		if strings.ToUpper(part) == part {
			part = strings.ToLower(part)
		}
		runes := []rune(part)
		b.WriteString(string(unicode.ToUpper(runes[0])) + string(runes[1:]))
	}
	return b.String()
}

// spelled writes every letter and digit of a value as it is, and the number of
// every other character, so that no two values have the same.
func spelled(value string) string {
	var b strings.Builder
	for _, r := range value {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			b.WriteRune(r)
		} else {
			fmt.Fprintf(&b, "_%04X_", r)
		}
	}
	return b.String()
}
