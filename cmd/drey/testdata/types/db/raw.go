package db

// Raw is text, and declared beside the generated code.
type Raw string
