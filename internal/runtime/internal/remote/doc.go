// Package remote has what the drivers of engines have in common that are reached by
// messages: the parameters of an SQL text, the texts that such an engine would lose, the
// JSON that it answers, and SQLite's result codes by the texts of its errors. Nobody
// else can import it.
package remote
