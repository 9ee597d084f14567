package sqlite

// LockWait is how long a connection waits for a lock by default.
const LockWait = lockWait
