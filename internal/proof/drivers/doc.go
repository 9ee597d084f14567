// Package drivers runs the data layer over drivers that drey does not depend on, in a
// module of its own. What has to hold is in internal/proof/foreign. Each driver has a
// package of its own: both register the name "sqlite3".
package drivers
