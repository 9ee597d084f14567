// Serves a built worker on loopback until standard input ends, for tests:
//
//	node serve.mjs folder bindings.json
//
// The folder has worker.mjs and what it imports. Of the bindings in the file,
// "statements" is a list of those that make the database, which lives in memory,
// "ratelimits" and "vars" are as in wrangler.jsonc. What it prints is the address.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Miniflare } from "miniflare";

const [folder, bindings] = process.argv.slice(2);
const { statements, ratelimits, vars } = JSON.parse(readFileSync(bindings, "utf8"));
const kinds = { mjs: "ESModule", js: "ESModule", wasm: "CompiledWasm" };
const files = readdirSync(folder).filter((name) => name.split(".").pop() in kinds);
files.sort((a, b) => (b === "worker.mjs") - (a === "worker.mjs")); // the first is the main one
const miniflare = new Miniflare({
	modules: files.map((name) => ({
		type: kinds[name.split(".").pop()],
		path: join(folder, name),
	})),
	modulesRoot: folder,
	compatibilityDate: "2026-04-01",
	d1Databases: { DB: "test" },
	ratelimits: Object.fromEntries((ratelimits ?? []).map(({ name, simple }) => [name, { simple }])),
	bindings: vars ?? {},
	host: "127.0.0.1",
	port: 0,
	cf: false, // or it asks an outside host
	unsafeTriggerHandlers: true, // at /cdn-cgi/handler/scheduled, as wrangler dev has it
});
const url = await miniflare.ready;
const db = await miniflare.getD1Database("DB");
for (const statement of statements) {
	await db.prepare(statement).run();
}
console.log(url.href);
process.stdin.resume();
process.stdin.on("end", async () => {
	await miniflare.dispose();
	process.exit(0);
});
