// The three requests with Drizzle, for TestLoad (make edge-load).
import { and, count, desc, eq, gte, sql } from "drizzle-orm";
import { drizzle } from "drizzle-orm/d1";
import { integer, real, sqliteTable, text } from "drizzle-orm/sqlite-core";

const links = sqliteTable("links", {
	id: integer().primaryKey(), user_id: integer(), slug: text(), url: text(), host: text(), title: text(), metadata: text(),
	is_active: integer({ mode: "boolean" }), max_clicks: integer(), click_count: integer(), expires_at: integer(), created_at: integer(),
});
const clicks = sqliteTable("clicks", {
	id: integer().primaryKey(), link_id: integer(), clicked_at: integer(), country: text(), is_bot: integer({ mode: "boolean" }), latency_ms: real(),
});

let db;

export default {
	async fetch(request, env) {
		db ??= drizzle(env.DB);
		const path = new URL(request.url).pathname;
		if (path === "/list") {
			return Response.json(await db.select().from(links)
				.where(and(eq(links.user_id, 1), eq(links.is_active, true)))
				.orderBy(desc(links.created_at), desc(links.id)).limit(50));
		}
		if (path === "/stats") {
			const day = sql`date(${clicks.clicked_at}, 'unixepoch')`;
			return Response.json(await db.select({ link_id: clicks.link_id, day, clicks: count() }).from(clicks)
				.where(and(gte(clicks.clicked_at, 0), eq(clicks.link_id, 1))).groupBy(clicks.link_id, day));
		}
		const [link] = await db.select({ id: links.id, url: links.url }).from(links)
			.where(and(eq(links.slug, path.slice(1)), eq(links.is_active, true))).limit(1);
		if (!link) return new Response("404", { status: 404 });
		await db.insert(clicks).values({ link_id: link.id, clicked_at: sql`unixepoch()`, country: "DE", is_bot: false, latency_ms: 1.5 });
		return new Response(null, { status: 302, headers: { location: link.url } });
	},
};
