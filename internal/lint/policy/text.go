package policy

import _ "embed"

// Text is the policy, for people and for coding assistants.
//
//go:embed POLICY.md
var Text string
