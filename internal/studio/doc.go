// Package studio is a page over a database, for people who look: its tables and views, its
// rows and what they refer to, the named queries of a project, the schema drawn, what is
// migrated. With [Options.Write] rows can be changed, one at a time.
//
// The pages are HTML that the server makes, so that Back and reload work, and the address
// has everything that is seen: filters and orders in the words of [drey.FilterSet]. Rows
// are read by the data layer's own queries, over relations that are made from the schema
// while it runs; so pages go by their keys, and never by an offset.
//
// Nothing is read without a bound. Each statement has [Options.Limit] to end; counts have
// less, and end at a number.
//
// Whoever has the token gets a cookie; nothing is answered without it, nor a request that
// another page has made. Names come from the schema and are quoted, values are bound.
//
// @native-sql the databases are other people's, and there is no layer over them
// @native-sql-dynamic names in the statements are those of the schema, quoted
package studio
