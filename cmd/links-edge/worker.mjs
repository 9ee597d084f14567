// The worker around the program that cmd/links-edge is compiled to. What it does
// in Go is in internal/worker.
import "./wasm_exec.js";
import program from "./links.wasm";

// An instance serves one request at a time: what it waits for belongs to that
// request, and workerd gives no other request the news. Those that have nothing
// to do wait here. Each has 8 to 13 MB of memory, of the 128 that a worker has.
const idle = [];
const maxIdle = 6;

// A larger body is not read, in bytes.
const maxBody = 1 << 20;

const noBody = new Uint8Array();

function start() {
	const go = new Go();
	const instance = { serve: null, exited: false, fail: null };
	// Called while the request that it dies of is served.
	go.exit = () => {
		instance.exited = true;
		instance.fail?.();
	};
	globalThis.dreyWorker = (serve) => { instance.serve = serve; };
	go.run(new WebAssembly.Instance(program, go.importObject));
	delete globalThis.dreyWorker;
	return instance;
}

// read returns the body, or null if it is too large.
async function read(request) {
	if (request.body === null) return noBody;
	const chunks = [];
	let length = 0;
	for await (const chunk of request.body) {
		length += chunk.length;
		if (length > maxBody) return null;
		chunks.push(chunk);
	}
	const body = new Uint8Array(length);
	let at = 0;
	for (const chunk of chunks) {
		body.set(chunk, at);
		at += chunk.length;
	}
	return body;
}

export default {
	async fetch(request, env) {
		const body = await read(request);
		if (body === null) return new Response("request body too large\n", { status: 413 });
		const instance = idle.pop() ?? start();
		const answer = await new Promise((resolve) => {
			instance.fail = () => resolve({ status: 500, headers: [], body: "internal error\n" });
			instance.serve(env, { method: request.method, url: request.url, headers: [...request.headers], body }, resolve);
		});
		// One that did not get here, because its request went away, is dropped.
		if (!instance.exited && idle.length < maxIdle) idle.push(instance);
		const empty = request.method === "HEAD" || answer.status === 204 || answer.status === 304;
		return new Response(empty ? null : answer.body, { status: answer.status, headers: answer.headers });
	},
};
