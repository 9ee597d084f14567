// The three requests with Kysely, for TestLoad (make edge-load).
import { Kysely, sql } from "kysely";
import { D1Dialect } from "kysely-d1";

export default {
	async fetch(request, env) {
		// One for all requests lets some of them hang.
		const db = new Kysely({ dialect: new D1Dialect({ database: env.DB }) });
		const path = new URL(request.url).pathname;
		if (path === "/list") {
			return Response.json(await db.selectFrom("links").selectAll()
				.where("user_id", "=", 1).where("is_active", "=", 1)
				.orderBy("created_at", "desc").orderBy("id", "desc").limit(50).execute());
		}
		if (path === "/stats") {
			const day = sql`date(clicked_at, 'unixepoch')`;
			return Response.json(await db.selectFrom("clicks")
				.select(["link_id", day.as("day"), (eb) => eb.fn.countAll().as("clicks")])
				.where("clicked_at", ">=", 0).where("link_id", "=", 1)
				.groupBy(["link_id", day]).execute());
		}
		const link = await db.selectFrom("links").select(["id", "url"])
			.where("slug", "=", path.slice(1)).where("is_active", "=", 1).executeTakeFirst();
		if (!link) return new Response("404", { status: 404 });
		await db.insertInto("clicks").values({ link_id: link.id, country: "DE", is_bot: 0, latency_ms: 1.5 }).execute();
		return new Response(null, { status: 302, headers: { location: link.url } });
	},
};
