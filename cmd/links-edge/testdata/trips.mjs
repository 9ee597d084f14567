// The worker of program.mjs, with the round trips to D1 of each request in a header
// of its answer. Requests have to come one by one.
import program from "./program.mjs";

let trips = 0;
let wrapped;

// counted is a D1PreparedStatement that counts.
const counted = (statement) => ({
	statement,
	bind: (...args) => counted(statement.bind(...args)),
	raw: (options) => (trips++, statement.raw(options)),
});

function database(db) {
	return {
		prepare: (sql) => counted(db.prepare(sql)),
		batch: (list) => (trips++, db.batch(list.map((c) => c.statement))),
	};
}

export default {
	async fetch(request, env, context) {
		wrapped ??= { ...env, DB: database(env.DB) };
		trips = 0;
		const answer = await program.fetch(request, wrapped, context);
		const headers = new Headers(answer.headers);
		headers.set("D1-Round-Trips", trips);
		return new Response(answer.body, { status: answer.status, headers });
	},
};
