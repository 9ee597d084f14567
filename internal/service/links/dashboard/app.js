// The dashboard of the link shortener: a page over its API. All that comes from
// the API becomes text, never markup.

const $ = (id) => document.getElementById(id);
const store = "links.token";
const svgNS = "http://www.w3.org/2000/svg";

let cursor = ""; // of the page that is shown
let page = { links: [] };
let open = null; // the link whose details are shown
let editing = null; // the link that is edited; null for a new one
let asked = 0; // counts lists, so that a late answer is not shown

// element makes an element with a text, a node or several of them.
function element(name, attributes = {}, ...children) {
  const e = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== null) e.setAttribute(key, value);
  }
  e.append(...children);
  return e;
}

function drawn(name, attributes, ...children) {
  const e = document.createElementNS(svgNS, name);
  for (const [key, value] of Object.entries(attributes)) e.setAttribute(key, value);
  e.append(...children);
  return e;
}

let saying;
function say(text) {
  clearTimeout(saying);
  $("status").textContent = text;
  saying = setTimeout(() => ($("status").textContent = ""), 4000);
}

class Refused extends Error {
  constructor(status, answer, retryAfter) {
    super(answer.error ?? `The service answered ${status}.`);
    this.status = status;
    this.field = answer.field;
    if (status === 429) this.message = `Too many requests. Try again in ${retryAfter} s.`;
  }
}

async function call(method, path, body, token = sessionStorage.getItem(store)) {
  const headers = {};
  if (token) headers.Authorization = `Bearer ${token}`;
  if (body !== undefined) headers["Content-Type"] = "application/json";
  let r;
  try {
    r = await fetch(path, { method, headers, body: body === undefined ? undefined : JSON.stringify(body), credentials: "omit" });
  } catch {
    throw new Error("The service cannot be reached.");
  }
  if (r.status === 204) return null;
  const answer = await r.json().catch(() => ({}));
  if (r.ok) return answer;
  if (r.status === 401 && token === sessionStorage.getItem(store)) leave("You are signed out: the token is not valid any more.");
  throw new Refused(r.status, answer, r.headers.get("Retry-After"));
}

// guarded tells what went wrong instead of losing it.
const guarded = (f) => async (...args) => {
  try {
    await f(...args);
  } catch (e) {
    if (!(e instanceof Refused) || e.status !== 401) say(e.message);
  }
};

// once keeps what is under way from being begun again, by a second click.
const once = (f) => {
  let busy = false;
  return async (...args) => {
    if (busy) return;
    busy = true;
    try {
      await f(...args);
    } finally {
      busy = false;
    }
  };
};

// show shows one of the page's parts.
function show(part) {
  for (const id of ["door", "fresh", "desk", "tokens"]) $(id).hidden = id !== part;
  const inside = part === "desk" || part === "tokens";
  $("nav").hidden = $("leave").hidden = !inside;
  for (const a of $("nav").children) {
    if (a.hash === (part === "tokens" ? "#tokens" : "#links")) a.setAttribute("aria-current", "page");
    else a.removeAttribute("aria-current");
  }
  document.title = part === "tokens" ? "Tokens - Links" : "Links";
}

function leave(why = "") {
  sessionStorage.removeItem(store);
  close(false);
  for (const d of document.querySelectorAll("dialog[open]")) d.close();
  for (const rows of document.querySelectorAll(".rows")) rows.replaceChildren();
  for (const field of document.querySelectorAll("#make, #editor-form")) field.reset();
  $("fresh-token").textContent = "";
  show("door");
  $("token").value = "";
  $("token").focus();
  if (why) say(why);
}

// arrive shows the part that the address names. What was shown once is gone.
async function arrive() {
  $("fresh-token").textContent = "";
  const there = location.hash === "#tokens";
  show(there ? "tokens" : "desk");
  await (there ? tokens() : list());
  $(there ? "tokens-title" : "list-title").focus();
}

// loaded reads something to be shown. What goes wrong stands where it would be,
// and can be tried again. It returns null then, and if something else has been
// asked for meanwhile.
async function loaded(path, box, again) {
  const turn = ++asked;
  try {
    const answer = await call("GET", path);
    if (turn !== asked) return null;
    $(box).hidden = true;
    return answer;
  } catch (e) {
    if (turn === asked && e.status !== 401) {
      $(box).firstElementChild.textContent = e.message;
      $(box).lastElementChild.onclick = guarded(again);
      $(box).hidden = false;
    }
    return null;
  }
}

// What is asked for is in the page's address, so that it can be kept.

const shown = { on: ["is_active", "is.true"], off: ["is_active", "is.false"], expiring: ["expires_at", "not.is.null"], silent: ["click_count", "eq.0"] };

function readAddress() {
  const q = new URLSearchParams(location.search);
  for (const name of ["q", "tag", "show", "order"]) {
    const field = $("filters").elements[name];
    if (q.has(name)) field.value = q.get(name);
    if (field.selectedIndex === -1) field.selectedIndex = 0;
  }
}

function writeAddress() {
  const q = new URLSearchParams();
  for (const [name, value] of new FormData($("filters"))) {
    if (value && !(name === "order" && value === "created_at.desc")) q.set(name, value);
  }
  history.replaceState(null, "", (q.size ? `/?${q}` : "/") + location.hash);
}

async function list() {
  const form = new FormData($("filters"));
  const q = new URLSearchParams({ order: form.get("order"), limit: "20" });
  if (form.get("q").trim()) q.set("q", form.get("q").trim());
  if (form.get("tag").trim()) q.set("tag", form.get("tag").trim());
  if (shown[form.get("show")]) q.set(...shown[form.get("show")]);
  if (cursor) q.set("cursor", cursor);
  const answer = await loaded(`/api/links?${q}`, "failed", list);
  if (!answer) {
    if ($("failed").hidden) return;
    $("rows").replaceChildren();
    $("total").textContent = "";
    $("empty").hidden = $("pages").hidden = true;
    return;
  }
  page = answer;
  writeAddress();
  $("total").textContent = page.total.toLocaleString();
  $("rows").replaceChildren(...page.links.map(row));
  const filtered = form.get("q") || form.get("tag") || form.get("show");
  $("empty").hidden = page.links.length > 0;
  $("empty").firstElementChild.textContent = filtered ? "No link is like that." : "No links yet. Make the first one.";
  $("pages").hidden = !page.next && !page.prev;
  $("prev").disabled = !page.prev;
  $("next").disabled = !page.next;
}

function stateOf(link) {
  if (!link.is_active) return "off";
  if (link.expires_at && new Date(link.expires_at) <= new Date()) return "ended";
  if (link.max_clicks && link.click_count >= link.max_clicks) return "used up";
  return "";
}

function row(link) {
  const about = element("span", { class: "about" }, element("span", { class: "to" }, link.url.replace(/^https?:\/\//, "")));
  for (const tag of link.tags) about.append(element("span", { class: "tag" }, tag));
  const state = stateOf(link);
  if (state) about.append(element("span", { class: "off" }, state));
  const head = element("span", {}, element("span", { class: "slug" }, link.slug));
  if (link.title) head.append(" ", element("span", { class: "title" }, link.title));
  const clicks = element("span", { class: "clicks" }, link.click_count.toLocaleString(), element("small", {}, link.click_count === 1 ? "click" : "clicks"));
  const button = element("button", { class: "open", "data-slug": link.slug, "aria-current": open?.slug === link.slug ? "true" : null }, head, clicks, about);
  button.addEventListener("click", guarded(() => details(link)));
  return element("li", {}, button);
}

function mark() {
  for (const b of document.querySelectorAll(".open")) {
    if (b.dataset.slug === open?.slug) b.setAttribute("aria-current", "true");
    else b.removeAttribute("aria-current");
  }
}

// The details of a link.

async function details(link, focus = true) {
  open = link;
  mark();
  $("detail-title").textContent = link.slug;
  $("detail-name").textContent = link.title ?? "";
  $("detail-url").replaceChildren(element("a", { href: link.url, rel: "noopener noreferrer", target: "_blank" }, link.url));
  $("detail").hidden = false;
  if (focus) {
    $("detail-title").focus();
    if (matchMedia("(max-width: 61.99rem)").matches) scrollTo(0, 0);
  }
  const days = Number($("days").value);
  $("detail-wrong").textContent = "";
  if (focus) for (const id of ["sums", "chart", "shares"]) $(id).replaceChildren(); // another link's
  let stats;
  try {
    stats = await call("GET", `/api/links/${link.slug}/stats?days=${days}`);
  } catch (e) {
    if (open !== link) return;
    for (const id of ["sums", "chart", "shares"]) $(id).replaceChildren();
    $("detail-wrong").textContent = `No statistics: ${e.message}`;
    return;
  }
  if (open !== link || days !== Number($("days").value)) return;
  $("sums").replaceChildren(
    ...[["Clicks", stats.clicks], ["Visitors", stats.visitors]].flatMap(([name, n]) => [
      element("div", {}, element("dt", {}, name), element("dd", {}, n.toLocaleString())),
    ]),
  );
  $("chart").replaceChildren(chart(stats.by_day, days));
  const countries = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
  $("shares").replaceChildren(
    share("Countries", stats.by_country, (c) => (c.country ? countries.of(c.country) : "Unknown")),
    share("Referrers", stats.by_referrer, (r) => r.referrer || "Direct"),
    share("Devices", stats.by_device, (d) => (d.device ? d.device[0].toUpperCase() + d.device.slice(1) : "Unknown")),
  );
}

function close(focus = true) {
  const slug = open?.slug;
  open = null;
  mark();
  $("detail").hidden = true;
  if (focus) (document.querySelector(`.open[data-slug="${slug}"]`) ?? $("list-title")).focus();
}

// chart draws a bar for each day up to today, days without a click included.
function chart(byDay, days) {
  const width = Math.max(240, $("chart").clientWidth), height = 180, left = 34, bottom = 22, top = 8;
  const counts = new Map(byDay.map((d) => [d.day, d.clicks]));
  const today = Date.parse(new Date().toISOString().slice(0, 10));
  const series = Array.from({ length: days + 1 }, (_, i) => {
    const day = new Date(today - (days - i) * 86400000).toISOString().slice(0, 10);
    return { day, clicks: counts.get(day) ?? 0 };
  });
  const most = Math.max(...series.map((d) => d.clicks));
  const step = niceStep(most);
  const ceiling = Math.max(step, Math.ceil(most / step) * step);
  const y = (n) => top + (height - top - bottom) * (1 - n / ceiling);
  const each = (width - left) / series.length;
  const gap = each > 4 ? 2 : 0;
  const total = byDay.reduce((n, d) => n + d.clicks, 0);
  const summary = total === 0 ? `No clicks in ${days} days.` : `${total} clicks in ${days} days, at most ${most} on one day.`;
  const svg = drawn("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": summary });
  for (let n = 0; n <= ceiling; n += step) {
    const label = drawn("text", { x: left - 6, y: y(n) + 4, "text-anchor": "end" }, n.toLocaleString());
    svg.append(drawn("line", { class: "axis", x1: left, x2: width, y1: y(n), y2: y(n) }), label);
  }
  const name = (day) => new Date(day).toLocaleDateString(undefined, { day: "numeric", month: "short", timeZone: "UTC" });
  series.forEach((d, i) => {
    if (d.clicks === 0) return;
    const title = drawn("title", {}, `${name(d.day)}: ${d.clicks}`);
    const size = { x: left + i * each + gap / 2, y: y(d.clicks), width: each - gap, height: y(0) - y(d.clicks) };
    svg.append(drawn("rect", { class: "bar-day", rx: Math.min(2, each / 4), ...size }, title));
  });
  svg.append(
    drawn("text", { x: left, y: height - 4 }, name(series[0].day)),
    drawn("text", { x: width, y: height - 4, "text-anchor": "end" }, "today"),
  );
  return svg;
}

// niceStep is 1, 2 or 5 times a power of ten, so that there are up to 4 lines.
function niceStep(most) {
  for (let power = 1; ; power *= 10) {
    for (const n of [1, 2, 5]) if (most <= 4 * n * power) return n * power;
  }
}

function share(name, rows, label) {
  const most = Math.max(1, ...rows.map((r) => r.clicks));
  const items = rows.slice(0, 6).map((r) => {
    const bar = drawn("svg", { viewBox: "0 0 100 4", preserveAspectRatio: "none", "aria-hidden": "true" });
    bar.append(drawn("rect", { class: "all", width: 100, height: 4 }), drawn("rect", { class: "part", width: (100 * r.clicks) / most, height: 4 }));
    return element("li", {}, element("span", {}, label(r)), element("span", {}, r.clicks.toLocaleString()), bar);
  });
  const body = items.length ? element("ol", {}, ...items) : element("p", { class: "hint" }, "Nothing yet.");
  return element("section", {}, element("h3", {}, name), body);
}

// The editor makes a link, or sends a PATCH of what has changed.

function edit(link) {
  editing = link;
  const f = $("editor-form");
  f.reset();
  wrong("");
  $("editor-title").textContent = link ? `Edit ${link.slug}` : "New link";
  $("f-active-row").hidden = !link;
  if (link) {
    f.elements.url.value = link.url;
    f.elements.slug.value = link.slug;
    f.elements.title.value = link.title ?? "";
    f.elements.tags.value = link.tags.join(", ");
    f.elements.expires_at.value = link.expires_at ? localTime(link.expires_at) : "";
    f.elements.max_clicks.value = link.max_clicks ?? "";
    f.elements.is_active.checked = link.is_active;
  }
  $("editor").showModal();
}

// localTime is a time in the form of an input of the type datetime-local.
function localTime(time) {
  const t = new Date(time);
  return new Date(t.getTime() - t.getTimezoneOffset() * 60000).toISOString().slice(0, 19);
}

function wrong(text, field) {
  const at = field && $("editor-form").elements[field]?.labels[0];
  $("editor-wrong").textContent = at ? `${at.textContent.trim()}: ${text}` : text;
  for (const input of $("editor-form").querySelectorAll("input")) {
    const here = Boolean(field) && input.name === field;
    if (here) {
      input.setAttribute("aria-invalid", "true");
      input.setAttribute("aria-describedby", "editor-wrong");
      input.focus();
    } else {
      input.removeAttribute("aria-invalid");
      input.removeAttribute("aria-describedby");
    }
  }
}

function formValues() {
  const f = $("editor-form").elements;
  const expires = f.expires_at.value;
  return {
    url: f.url.value.trim(),
    slug: f.slug.value.trim(),
    title: f.title.value.trim() || null,
    tags: f.tags.value.split(",").map((t) => t.trim()).filter(Boolean),
    expires_at: expires ? new Date(expires).toISOString() : null,
    max_clicks: f.max_clicks.value ? Number(f.max_clicks.value) : null,
    is_active: f.is_active.checked,
  };
}

async function save() {
  const values = formValues();
  if (!editing) delete values.is_active;
  if (editing) {
    const before = { ...editing, expires_at: editing.expires_at && new Date(editing.expires_at).toISOString() };
    for (const name of Object.keys(values)) {
      if (JSON.stringify(values[name]) === JSON.stringify(before[name])) delete values[name];
    }
  }
  let saved;
  try {
    saved = editing ? await call("PATCH", `/api/links/${editing.slug}`, values) : await call("POST", "/api/links", values);
  } catch (e) {
    wrong(e.message, e.field);
    return;
  }
  $("editor").close();
  if (!editing) cursor = "";
  const wasOpen = open !== null && editing !== null;
  if (wasOpen) open = saved;
  await list();
  if (wasOpen) await details(saved, false);
  else document.querySelector(`.open[data-slug="${saved.slug}"]`)?.focus();
  say(editing ? "Saved." : `Made ${location.origin}/${saved.slug}`);
}

// ask asks whether something shall be done, and has it done. What goes wrong then
// is told there.
let confirmed;
function ask(title, text, button, f) {
  $("sure-title").textContent = title;
  $("sure-text").textContent = text;
  $("sure-wrong").textContent = "";
  $("sure-do").textContent = button;
  confirmed = f;
  $("sure").showModal();
}

async function remove() {
  const { slug } = open;
  await call("DELETE", `/api/links/${slug}`);
  $("sure").close();
  close(false);
  if (page.links.length === 1) cursor = "";
  await list();
  $("list-title").focus();
  say(`Deleted ${slug}.`);
}

async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
  } catch { // not over plain HTTP, and not if the browser is told so
    throw new Error("The browser lets no page copy here. Select the text instead.");
  }
  say("Copied.");
}

// The tokens.

async function tokens() {
  const answer = await loaded("/api/tokens", "tokens-failed", tokens);
  if (!answer) return;
  const writes = answer.tokens.some((t) => t.current && t.scope === "write");
  const newest = answer.tokens.toReversed();
  const valid = newest.filter((t) => !t.revoked_at);
  const revoked = newest.filter((t) => t.revoked_at);
  $("make").hidden = !writes;
  $("tokens-read").hidden = writes;
  $("tokens-total").textContent = valid.length;
  $("token-rows").replaceChildren(...valid.map((t) => tokenRow(t, writes)));
  $("revoked").hidden = revoked.length === 0;
  $("revoked").querySelector(".count").textContent = revoked.length;
  $("revoked").querySelector("ul").replaceChildren(...revoked.map((t) => tokenRow(t, false)));
}

function tokenRow(token, revocable) {
  const about = element("span", { class: "about" }, element("span", { class: "tag" }, token.scope === "write" ? "Read and write" : "Only read"));
  if (token.current) about.append(element("span", { class: "tag" }, "You are signed in with it"));
  about.append(element("span", {}, "Made ", moment(token.created_at)));
  if (token.revoked_at) about.append(element("span", {}, "Revoked ", moment(token.revoked_at)));
  else if (token.last_used_at) about.append(element("span", {}, "Last used ", moment(token.last_used_at)));
  else about.append(element("span", {}, "Never used"));
  const row = element("li", { class: "token" }, element("strong", {}, token.label), about);
  if (revocable) {
    const button = element("button", { class: "danger", "aria-label": `Revoke ${token.label}` }, "Revoke");
    button.addEventListener("click", () => {
      const sign = token.current ? "You are signed in with it, and will be signed out. " : "";
      ask(`Revoke ${token.label}?`, `${sign}Whatever uses it is refused from then on. This cannot be undone.`, "Revoke", () => revoke(token));
    });
    row.append(button);
  }
  return row;
}

// moment is a time to be read, to the minute.
function moment(time) {
  const text = new Date(time).toLocaleString(undefined, { dateStyle: "medium", timeStyle: "short" });
  return element("time", { datetime: time }, text);
}

async function make() {
  $("make-wrong").textContent = "";
  let made;
  try {
    made = await call("POST", "/api/tokens", { label: $("t-label").value.trim(), scope: $("t-scope").value });
  } catch (e) {
    $("make-wrong").textContent = e.message;
    $("t-label").focus();
    return;
  }
  $("make").reset();
  shownOnce(`Token for ${made.label}`, made.token);
}

// shownOnce shows a token until one says that one has it.
function shownOnce(title, token) {
  $("fresh-title").textContent = title;
  $("fresh-token").textContent = token;
  show("fresh");
  $("fresh-title").focus();
}

async function revoke(token) {
  await call("DELETE", `/api/tokens/${token.id}`);
  $("sure").close();
  if (token.current) return leave(`Revoked ${token.label}. You are signed out.`);
  await tokens();
  $("tokens-title").focus();
  say(`Revoked ${token.label}.`);
}

// What happens when.

function on(id, event, f) {
  $(id).addEventListener(event, guarded(f));
}

// submit has a form do something, one time after the other.
function submit(id, f) {
  const one = once(f);
  on(id, "submit", (e) => {
    e.preventDefault();
    return one();
  });
}

submit("enter", async () => {
  const message = $("enter").querySelector(".wrong");
  message.textContent = "";
  const token = $("token").value.trim();
  try {
    await call("GET", "/api/links?limit=1", undefined, token);
  } catch (e) {
    message.textContent = e.status === 401 ? "The token is unknown or revoked." : e.message;
    $("token").focus();
    return;
  }
  sessionStorage.setItem(store, token);
  $("token").value = "";
  cursor = "";
  await arrive();
});

submit("register", async () => {
  const message = $("register").querySelector(".wrong");
  message.textContent = "";
  try {
    const user = await call("POST", "/api/users", { email: $("email").value.trim() }, null);
    sessionStorage.setItem(store, user.token);
    shownOnce("Your token", user.token);
  } catch (e) {
    message.textContent = e.message;
    $("email").focus();
  }
});

on("fresh-copy", "click", () => copy($("fresh-token").textContent));
on("fresh-done", "click", async () => {
  cursor = "";
  await arrive();
});
on("leave", "click", () => leave());
on("new", "click", () => edit(null));
on("edit", "click", () => edit(open));
on("copy", "click", () => copy(`${location.origin}/${open.slug}`));
on("delete", "click", () => ask(`Delete ${open.slug}?`, "Its clicks go with it. This cannot be undone.", "Delete", remove));
submit("sure-form", async () => {
  try {
    await confirmed();
  } catch (e) {
    $("sure-wrong").textContent = e.message;
  }
});
submit("editor-form", save);
submit("make", make);
on("skip", "click", (e) => {
  e.preventDefault(); // its address would be another part's
  $("main").focus();
});
on("detail-close", "click", () => close());
on("days", "change", () => details(open, false));
on("prev", "click", () => turn(page.prev));
on("next", "click", () => turn(page.next));

async function turn(to) {
  cursor = to;
  await list();
  $("list-title").focus();
  scrollTo(0, 0);
}

let typing;
on("filters", "input", async (e) => {
  clearTimeout(typing);
  cursor = "";
  await new Promise((done) => (typing = setTimeout(done, e.target.tagName === "SELECT" ? 0 : 250)));
  await list();
});
on("filters", "submit", (e) => e.preventDefault());

for (const button of document.querySelectorAll("[data-close]")) {
  button.addEventListener("click", () => button.closest("dialog").close());
}

document.addEventListener("keydown", (e) => {
  const writing = e.target.closest("input, select, textarea");
  if ($("desk").hidden || document.querySelector("dialog[open]") || e.ctrlKey || e.metaKey || e.altKey) return;
  if (e.key === "Escape" && open) close();
  else if (writing) return;
  else if (e.key === "/") {
    e.preventDefault();
    $("q").focus();
  } else if (e.key === "n") {
    e.preventDefault();
    edit(null);
  }
});

window.addEventListener("hashchange", guarded(async () => {
  if (!sessionStorage.getItem(store)) return;
  if (open) close(false);
  for (const d of document.querySelectorAll("dialog[open]")) d.close();
  await arrive();
}));

readAddress();
if (sessionStorage.getItem(store)) guarded(arrive)();
else show("door");
