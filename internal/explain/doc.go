// Package explain tells how SQLite runs queries, and which index would help.
//
// The plan of a statement is what EXPLAIN QUERY PLAN says of it on the migrated schema, and
// the statistics of a database that is in use, if there are any. At fault may be
//
//   - a scan: every row of a table is read, also for MIN and MAX, for a foreign key, or in
//     a trigger;
//   - an automatic index, which SQLite builds for one run of the statement;
//   - a temporary B-tree, in which rows are put into order.
//
// It is reported if an index helps: the index has been created on a copy of the schema, and
// the plan then uses it, has fewer of these steps, and none that it did not have. Of
// several such indexes, that is the one that removes most, if possible with a column that is
// compared by = in front, and with the fewest columns. What no
// index removes, as the scan of SELECT * FROM t, is unavoidable, and not reported. Nor is a
// B-tree if all of its rows are asked for, and the index is not read in place of the table:
// reading the table through the index takes about as long as sorting.
//
// Without statistics SQLite takes every table for a large one and every column for one with
// many values. An index alone on a column that is compared with NULL, a boolean or one whose
// CHECK lists its values is then not suggested: most of the rows may have that value.
package explain
