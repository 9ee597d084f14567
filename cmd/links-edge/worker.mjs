// The worker around the program that cmd/links-edge is compiled to. What it does
// in Go is in internal/service/worker.
import "./wasm_exec.js";
import program from "./links.wasm";

// An instance serves one request at a time: what it waits for belongs to that
// request, and workerd gives no other request the news. Those that have nothing
// to do wait here. Each has 8 to 13 MB of memory, of the 128 that a worker has.
const idle = [];
const maxIdle = 6;
const maxBusy = 10;

// When each instance that serves began to. One that does not end is no longer
// waited for after a while, in milliseconds.
const busy = new Map();
const maxServing = 10_000;

// A request waits for an instance where maxIdle are busy, not longer than it takes
// to start one, in milliseconds, and where maxBusy are until one is free. It looks
// by a timer of its own: one that others wake can be taken for hung by workerd.
const patience = 10;
const look = 1;

// A larger body is not read, in bytes.
const maxBody = 1 << 20;

function start(env) {
	const go = new Go();
	const instance = { env, serve: null, exited: false, settle: null };
	instance.answer = (status, headers, body) => instance.settle({ status, headers, body });
	// Called while the request that it dies of is served.
	go.exit = () => {
		instance.exited = true;
		instance.settle?.({ status: 500, headers: "", body: "internal error\n" });
	};
	globalThis.dreyWorker = instance;
	go.run(new WebAssembly.Instance(program, go.importObject));
	delete globalThis.dreyWorker;
	return instance;
}

// take gives an instance that serves nothing else.
async function take(env) {
	for (let waited = 0; idle.length === 0 && busy.size >= (waited < patience ? maxIdle : maxBusy); waited += look) {
		await new Promise((resolve) => setTimeout(resolve, look));
		const now = Date.now();
		for (const [instance, since] of busy) if (now - since > maxServing) busy.delete(instance);
	}
	const instance = idle.pop() ?? start(env);
	busy.set(instance, Date.now());
	return instance;
}

function release(instance) {
	busy.delete(instance);
	if (!instance.exited && idle.length < maxIdle) idle.push(instance);
}

// read returns the body, or null if it is too large.
async function read(stream) {
	const chunks = [];
	let length = 0;
	for await (const chunk of stream) {
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

// run has an instance do what f asks it for, and gives its answer. It goes on if
// the client goes away: the instance would be lost otherwise.
function run(env, context, f) {
	const answer = (async () => {
		const instance = await take(env);
		const answer = await new Promise((resolve) => {
			instance.settle = resolve;
			f(instance);
		});
		release(instance);
		return answer;
	})();
	context.waitUntil(answer);
	return answer;
}

export default {
	async fetch(request, env, context) {
		const args = [request.method + "\n" + request.url + "\n"];
		for (const [name, value] of request.headers) args[0] += name + "\n" + value + "\n";
		if (request.body !== null) {
			const body = await read(request.body);
			if (body === null) return new Response("request body too large\n", { status: 413 });
			args.push(body);
		}
		// As a method it would bring the instance along.
		const answer = await run(env, context, ({ serve }) => serve(...args));
		const lines = answer.headers.split("\n");
		const headers = [];
		for (let i = 0; i + 1 < lines.length; i += 2) headers.push([lines[i], lines[i + 1]]);
		const empty = request.method === "HEAD" || answer.status === 204 || answer.status === 304;
		return new Response(empty ? null : answer.body, { status: answer.status, headers });
	},

	// Called by the cron triggers of wrangler.jsonc.
	async scheduled({ cron }, env, context) {
		const answer = await run(env, context, ({ scheduled }) => scheduled(cron));
		if (answer.status !== 200) throw new Error("it failed, as the log says");
	},
};
