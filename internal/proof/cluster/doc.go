// Package cluster starts nodes of rqlite on loopback, ends and pauses them, and tests
// what stands on them: that no acknowledged write is lost while a leader dies, how long
// writes pause, how long requests take, migrations, the service, and the way into a
// cluster and back.
//
// The tests run the rqlited that $DREY_RQLITED names and are skipped if it names none.
// "make cluster-test" builds one and runs them, "make cluster-torture" runs their long
// forms.
package cluster
