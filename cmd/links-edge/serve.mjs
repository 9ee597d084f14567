// Serves a built worker on loopback until standard input ends, for tests:
//
//	node serve.mjs folder database.sql
//
// The folder has worker.mjs and what it imports. The statements of the file, one
// in each element of a JSON array, make the database, which lives in memory.
// What it prints is the address.
import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { Miniflare } from "miniflare";

const [folder, database] = process.argv.slice(2);
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
	host: "127.0.0.1",
	port: 0,
	cf: false, // or it asks an outside host
	unsafeTriggerHandlers: true, // at /cdn-cgi/handler/scheduled, as wrangler dev has it
});
const url = await miniflare.ready;
const db = await miniflare.getD1Database("DB");
for (const statement of JSON.parse(readFileSync(database, "utf8"))) {
	await db.prepare(statement).run();
}
console.log(url.href);
process.stdin.resume();
process.stdin.on("end", async () => {
	await miniflare.dispose();
	process.exit(0);
});
