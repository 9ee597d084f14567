package db

// Money is in cents.
type Money int64
