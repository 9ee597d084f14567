// Package conf reads files.
package conf

import (
	"encoding/json"
	"os"

	"example.com/orchard/harvest"
)

func Read(name string) *harvest.Settings {
	s := &harvest.Settings{}
	content, _ := os.ReadFile(name)
	_ = json.Unmarshal(content, s)
	return s
}
