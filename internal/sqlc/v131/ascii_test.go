package v131

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestEncode(t *testing.T) {
	for text, want := range map[string]string{
		"plain zebra":    "plain zebra",
		"größe":          "grzqf6qzqdfqe",
		"Ärger":          "Zqe4qrger",
		"a€b":            "a_zq20acq_b",
		"zq zQ Zq ZQ":    "zq7aqq zq7aqQ Zq7aqq Zq7aqQ",
		"_€_":            "__zq20acq__",
		"日本 -- \u00a0 '": "zq65e5qzq672cq -- _zqa0q_ '",
	} {
		if got := Encode(text); got != want {
			t.Errorf("Encode(%q) = %q, want %q", text, got, want)
		}
	}
}

// TestDecodeNames decodes names that sqlc has made of encoded ones.
func TestDecodeNames(t *testing.T) {
	for name, want := range map[string]string{
		"Zqe4qrger":              "Ärger",   // title case
		"zqe4qrger":              "ärger",   // lower case
		"GrZqf6qZqdfqe":          "GrÖße",   // ß does not have an upper case
		"NoZQE4QRGER":            "NoÄRGER", // an initialism
		"zQE4QRGER":              "äRGER",
		"XZQ20q":                 "XZQ20q", // x_z_q20q
		"AZq20acqB":              "AB",     // a separator, without its underscores
		"a_zq20acq_b":            "a€b",
		"MaxQ_zqzq1":             "MaxQ_zqzq1", // nothing encoded
		"_zqe4q_":                "_ä_",
		strings.Repeat("z", 999): strings.Repeat("z", 999),
	} {
		if got := Decode(name); got != want {
			t.Errorf("Decode(%q) = %q, want %q", name, got, want)
		}
	}
}

func FuzzEncode(f *testing.F) {
	for _, text := range []string{"zq", "zzqq", "zZqQ7aq", "_zq7aq_", "é", "Éß€_€", "_\u0301_", "ǅǆ", "İı", "\x00", "z\u212aq", "zq20acq"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		if !utf8.ValidString(text) {
			t.Skip()
		}
		staged := Encode(text)
		for i := range len(staged) {
			if staged[i] >= utf8.RuneSelf {
				t.Fatalf("Encode(%q) = %q is not ASCII", text, staged)
			}
		}
		if got := Decode(staged); got != text {
			t.Fatalf("Decode(Encode(%q)) = %q; encoded: %q", text, got, staged)
		}
	})
}
