// The three requests on D1 itself, for TestLoad (make edge-load): what no library can
// be faster than.
const list = "SELECT * FROM links WHERE user_id = ?1 AND is_active = ?2 ORDER BY created_at DESC, id DESC LIMIT 50";
const stats = "SELECT date(clicked_at, 'unixepoch') AS day, count(*) AS clicks FROM clicks WHERE clicked_at >= 0 AND link_id = ?1 GROUP BY day";
const resolve = "SELECT id, url FROM links WHERE slug = ?1 AND is_active = 1";
const record = "INSERT INTO clicks (link_id, country, is_bot, latency_ms) VALUES (?1, ?2, ?3, ?4)";

export default {
	async fetch(request, env) {
		const path = new URL(request.url).pathname;
		if (path === "/list") return Response.json(await env.DB.prepare(list).bind(1, 1).raw());
		if (path === "/stats") return Response.json(await env.DB.prepare(stats).bind(1).raw());
		const [link] = await env.DB.prepare(resolve).bind(path.slice(1)).raw();
		if (!link) return new Response("404", { status: 404 });
		await env.DB.prepare(record).bind(link[0], "DE", 0, 1.5).run();
		return new Response(null, { status: 302, headers: { location: link[1] } });
	},
};
