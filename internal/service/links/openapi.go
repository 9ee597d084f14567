package links

import (
	_ "embed"
	"net/http"
)

// openapi describes the service, see https://spec.openapis.org/oas/v3.1.1.html.
// Tests hold the handlers to it.
//
//go:embed openapi.yaml
var openapi []byte

func description(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	w.Header().Set("Cache-Control", "no-cache")
	w.Write(openapi) // an error is the client's going away
}
