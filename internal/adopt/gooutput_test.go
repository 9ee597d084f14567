package adopt

import (
	"slices"
	"testing"
)

// What is downloaded is told as it begins, and is not among what the go command says.
func TestGoOutput(t *testing.T) {
	var steps []string
	o := &goOutput{progress: func(step string) { steps = append(steps, step) }}
	for _, text := range []string{"go: down", "loading a.b/c v1.2.3\ngo: a.b/c@v1.2.3: gone\ngo: downloading d.e/f v1\n", "at", " last"} {
		if n, err := o.Write([]byte(text)); n != len(text) || err != nil {
			t.Fatal(n, err)
		}
	}
	if want := []string{"downloading a.b/c", "downloading d.e/f"}; !slices.Equal(steps, want) {
		t.Errorf("steps are %q, want %q", steps, want)
	}
	if got, want := o.rest(), "go: a.b/c@v1.2.3: gone\nat last"; got != want {
		t.Errorf("it says %q, want %q", got, want)
	}
}
