package diag

import "testing"

// TestOnce: what reads the same is said once, at its first place.
func TestOnce(t *testing.T) {
	all := Problems{{File: "a", Line: 1, Msg: "x"}, {File: "a", Line: 1, Msg: "y"}, {File: "a", Line: 1, Msg: "x"}, {File: "a", Line: 1, Msg: "x", Fix: "z"}}
	if got, want := all.Once().Error(), "a:1: x\na:1: y\na:1: x\n\tfix: z"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if len(all) != 4 || all[2] == nil {
		t.Error("the list itself has changed")
	}
}
