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

// What an instance is asked for, as internal/service/worker has it.
const kinds = { request: 0, trigger: 1, rehearsal: 2 };

// A larger body is not read, in bytes.
const maxBody = 1 << 20;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

// start starts an instance. What it asks of JavaScript is below drey; all but the
// waits for promises goes that way, by addresses in its memory.
function start(env) {
	const go = new Go();
	const { gojs } = go.importObject;
	const instance = { go, env, asked: null, body: null, settle: null, exited: false };
	const bytes = (at, length) => new Uint8Array(instance.exports.mem.buffer, at, length);
	go.importObject.drey = {
		asked(at) {
			bytes(at, instance.asked.length).set(instance.asked);
		},
		body(at) {
			bytes(at, instance.body.length).set(instance.body);
		},
		answer(status, headers, headersLength, body, bodyLength) {
			instance.settle({
				status,
				headers: decoder.decode(bytes(headers, headersLength)),
				body: bodyLength === 0 ? null : bytes(body, bodyLength).slice(),
			});
		},
	};
	// performance.now() is 0 until there is a request, and milliseconds since 1970 then.
	gojs["runtime.nanotime1"] = (sp) => {
		const now = (Date.now() || 1) * 1e6; // to Go, 0 is a clock that does not run
		go.mem.setUint32((sp >>> 0) + 8, now, true);
		go.mem.setUint32((sp >>> 0) + 12, now / 2 ** 32, true);
	};
	// Where there is no request yet, there are no random numbers either. Go begins by
	// asking for the seed of its maps' order, for which these are good enough. Whoever
	// asks next is not given less than what it asks for.
	const random = gojs["runtime.getRandomData"];
	let seeded = env !== stage;
	gojs["runtime.getRandomData"] = (sp) => {
		if (seeded) return random(sp);
		seeded = true;
		const at = go.mem.getUint32((sp >>> 0) + 8, true);
		const length = go.mem.getUint32((sp >>> 0) + 16, true);
		for (let i = 0; i < length; i++) go.mem.setUint8(at + i, Math.random() * 256);
	};
	// Called while the request that it dies of is served.
	go.exit = () => {
		instance.exited = true;
		instance.settle?.({ status: 500, headers: "", body: "internal error\n" });
	};
	globalThis.dreyWorker = instance;
	const started = new WebAssembly.Instance(program, go.importObject);
	instance.exports = started.exports;
	go.run(started);
	delete globalThis.dreyWorker;
	return instance;
}

// ask has an instance that serves nothing else do something, and gives its answer.
function ask(instance, kind, text, body) {
	return new Promise((resolve) => {
		instance.settle = resolve;
		instance.asked = encoder.encode(text);
		instance.body = body;
		instance.exports.drey_ask(kind, instance.asked.length, body?.length ?? 0);
		instance.go._resume(); // ask has left it to a goroutine
	});
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

// run has an instance do something, and gives its answer. It goes on if the
// client goes away: the instance would be lost otherwise.
function run(env, context, kind, text, body) {
	const answer = (async () => {
		const instance = await take(env);
		instance.env = env;
		const answer = await ask(instance, kind, text, body);
		release(instance);
		return answer;
	})();
	context.waitUntil(answer);
	return answer;
}

// Bindings with a database that has nothing.
const nothing = { bind: () => nothing, raw: async () => [[]] };
const stage = {
	DB: { prepare: () => nothing, batch: async (list) => list.map(() => ({ meta: { last_row_id: 0 }, results: [{ n: 0 }] })) },
	VISITOR_SECRET: "nobody's",
};

// rehearse starts the first instance before there is a request, and has it serve
// nobody: WebAssembly is compiled function by function, each when it is first
// called. A program that needs random numbers or a timer for that fails here, and
// is started by the first request.
async function rehearse() {
	try {
		const instance = start(stage);
		await ask(instance, kinds.rehearsal, "", null);
		if (!instance.exited) idle.push(instance);
	} catch (error) {
		console.warn(`the first request has to start the program: ${error}`);
	}
}
rehearse();

export default {
	async fetch(request, env, context) {
		let text = request.method + "\n" + request.url + "\n";
		for (const [name, value] of request.headers) text += name + "\n" + value + "\n";
		let body = null;
		if (request.body !== null) {
			body = await read(request.body);
			if (body === null) return new Response("request body too large\n", { status: 413 });
		}
		const answer = await run(env, context, kinds.request, text, body);
		const lines = answer.headers.split("\n");
		const headers = [];
		for (let i = 0; i + 1 < lines.length; i += 2) headers.push([lines[i], lines[i + 1]]);
		const empty = request.method === "HEAD" || answer.status === 204 || answer.status === 304;
		return new Response(empty ? null : answer.body, { status: answer.status, headers });
	},

	// Called by the cron triggers of wrangler.jsonc.
	async scheduled({ cron }, env, context) {
		const answer = await run(env, context, kinds.trigger, cron, null);
		if (answer.status !== 200) throw new Error("it failed, as the log says");
	},
};
