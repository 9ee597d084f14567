package db

// Rank is a type with a name of its own, which reads no NULL.
type Rank string
