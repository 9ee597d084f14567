package policy

import (
	"strings"
	"testing"
)

// The policy names every directive. That each analyzer has a rule is for package
// lint, which knows them.
func TestText(t *testing.T) {
	for _, want := range []string{Native, Dynamic, OtherORM, Schema} {
		if !strings.Contains(Text, "`// "+want+" <why>`") {
			t.Errorf("the policy does not say what %s allows", want)
		}
	}
}

func TestUnder(t *testing.T) {
	for path, want := range map[string]bool{
		"github.com/go-jet/jet": true, "github.com/go-jet/jet/v2": true, "github.com/go-jet/jet/v2/sqlite": true,
		"github.com/go-jet/jet.v3": true, "github.com/go-jet/jetty": false, "github.com/go-jet": false,
		"github.com/go-jet/jet-v2": false, "example.com/github.com/go-jet/jet": false,
	} {
		if got := Under(path, "github.com/go-jet/jet"); got != want {
			t.Errorf("Under(%q): %v", path, got)
		}
	}
}
