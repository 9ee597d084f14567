package links

import "testing"

func TestIsAddress(t *testing.T) {
	for address, want := range map[string]bool{
		"ada@example.com":             true,
		"ada.lovelace+drey@x-1.co.uk": true,
		"ada@localhost":               true,
		"zoë@münchen.example":         true,
		"":                            false,
		"ada":                         false,
		"@example.com":                false,
		"ada@":                        false,
		"ada..l@example.com":          false,
		".ada@example.com":            false,
		"ada@example..com":            false,
		"ada@example.com.":            false,
		"ada@-example.com":            false,
		"a da@example.com":            false,
		"ada@example.com@example.com": false,
		"Ada <ada@example.com>":       false,
		"ada@example.com\r\nBcc: b":   false,
		"ada@exa\xffmple.com":         false,
	} {
		if got := isAddress(address); got != want {
			t.Errorf("%q: %v", address, got)
		}
	}
}
