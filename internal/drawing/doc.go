// Package drawing shows a schema to people: as a Mermaid ER diagram, as Markdown and as
// SVG, also as the difference from an older one.
//
// [Read] makes a [Schema] of what the migrations of a project make, and [Compare] marks
// how it differs from an older schema. [Mermaid], [Markdown] and [SVG] write it: the same
// bytes for the same schema, on every machine.
//
// Names and comments come from files that anybody may have written. Each format escapes
// all that it does not take as text; what no reader could see, a control character or a
// byte that is not UTF-8, becomes U+FFFD.
package drawing
