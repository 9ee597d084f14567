package whole_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/dreysql/drey/internal/lint/whole"
)

// q is a question that is told from others by its name alone.
func q(name string) whole.Question {
	if name == "" {
		return whole.Question{}
	}
	kind := whole.Parameter
	if strings.HasPrefix(name, "field") {
		kind = whole.Field
	}
	return whole.Question{Kind: kind, Name: name}
}

func needs(names ...string) (list []whole.Need) {
	for _, n := range names {
		list = append(list, whole.Need{Question: q(n)})
	}
	return list
}

// options are needs about functions that set a field which others set as well.
func options(names ...string) []whole.Need {
	list := needs(names...)
	for i := range list {
		list[i].Option = true
	}
	return list
}

func TestSolve(t *testing.T) {
	answers := map[string]whole.Answer{
		"constant":   {Found: 2},
		"outside":    {Found: 2, Bad: true},
		"uncalled":   {},
		"through":    {Found: 1, Asks: needs("constant")},
		"far":        {Found: 1, Asks: needs("through", "outside")},
		"circle":     {Found: 1, Asks: needs("other half")},
		"other half": {Found: 1, Asks: needs("circle", "constant")},
		"bad circle": {Found: 1, Asks: needs("bad half")},
		"bad half":   {Found: 1, Asks: needs("bad circle", "outside")},
		"either":     {Found: 1, Asks: []whole.Need{{Question: q("far"), Or: q("through")}}},
		"neither":    {Found: 1, Asks: []whole.Need{{Question: q("far"), Or: q("bad circle")}}},

		"option":               {Found: 1, Asks: options("uncalled")},
		"field":                {Found: 2, Asks: options("uncalled")},
		"field never set":      {Found: 1, Asks: options("uncalled")},
		"field without values": {},
		"field set elsewhere":  {Found: 3, Asks: options("uncalled", "outside")},
	}
	asked := map[whole.Question]bool{}
	ask := func(list []whole.Question) (out []whole.Answer, err error) {
		for _, question := range list {
			if asked[question] {
				t.Errorf("%s is asked twice", question.Name)
			}
			asked[question] = true
			out = append(out, answers[question.Name])
		}
		return out, nil
	}
	var reports [][]whole.Need
	var want []bool
	for name, dropped := range map[string]bool{
		"constant": true, "outside": false, "uncalled": false, "through": true, "far": false, "circle": true, "bad circle": false,
		"either": true, "neither": false, "option": true, "field": true, "field never set": true, "field without values": false, "field set elsewhere": false,
	} {
		reports, want = append(reports, needs(name)), append(want, dropped)
	}
	reports, want = append(reports, nil, needs("constant", "outside"), needs("constant", "through"), options("uncalled"), options("outside")),
		append(want, false, false, true, true, false)
	got, err := whole.Solve(reports, ask)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(got, want) {
		t.Errorf("dropped %v of %v, want %v", got, reports, want)
	}
}

// TestEndless: questions that never end keep their report.
func TestEndless(t *testing.T) {
	got, err := whole.Solve([][]whole.Need{needs("a")}, func(list []whole.Question) (out []whole.Answer, err error) {
		for _, question := range list {
			out = append(out, whole.Answer{Found: 1, Asks: needs(question.Name + "a")})
		}
		return out, nil
	})
	if err != nil || got[0] {
		t.Errorf("dropped %v, error %v", got, err)
	}
}
