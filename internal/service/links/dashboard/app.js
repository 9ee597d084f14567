// The dashboard of the link shortener: a page over its API. All that comes from
// the API becomes text, never markup.

const $ = (id) => document.getElementById(id);
const store = "links.token";
const svgNS = "http://www.w3.org/2000/svg";

let page = { links: [] };
let open = null; // the link whose details are shown
let editing = null; // the link that is edited; null for a new one
let arrivals = 0; // counts arrivals and departures, so that an earlier one does not take the focus
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

function enter() {
  show("door");
  $("token").focus();
}

function leave(why = "") {
  sessionStorage.removeItem(store);
  page = { links: [] };
  arrivals++;
  hide();
  for (const d of document.querySelectorAll("dialog[open]")) d.close();
  for (const rows of document.querySelectorAll(".rows")) rows.replaceChildren();
  for (const field of document.querySelectorAll("#make, #editor-form")) field.reset();
  $("fresh-token").textContent = "";
  $("token").value = "";
  enter();
  if (why) say(why);
}

// arrive shows what the address names. What was shown once is gone.
async function arrive() {
  const turn = ++arrivals;
  const before = open?.slug;
  const slug = address().get("link");
  readAddress();
  $("fresh-token").textContent = "";
  if (location.hash === "#tokens") {
    hide();
    show("tokens");
    await tokens();
    $("tokens-title").focus();
    return;
  }
  if (slug !== before) hide();
  show("desk");
  await list();
  if (turn !== arrivals || address().get("link") !== slug) return; // somebody was faster
  if (slug) await find(slug);
  else (opener(before) ?? $("list-title")).focus();
}

// loaded reads something to be shown. What goes wrong stands where it would be,
// and can be tried again. It returns null then, and if something else has been
// asked for meanwhile. A cursor that is refused, as it is of other filters, is stale.
const stale = Symbol("stale");
async function loaded(path, box, again, cursor) {
  const turn = ++asked;
  try {
    const answer = await call("GET", path);
    if (turn !== asked) return null;
    $(box).hidden = true;
    return answer;
  } catch (e) {
    if (turn === asked && cursor && e.status === 400) return stale;
    if (turn === asked && e.status !== 401) {
      $(box).firstElementChild.textContent = e.message;
      $(box).lastElementChild.onclick = guarded(again);
      $(box).hidden = false;
    }
    return null;
  }
}

// The address says what is shown: the filters, the page, the open link, and by
// its hash the part. So it can be kept, reloaded and gone back to.

const address = () => new URLSearchParams(location.search);

// go changes the address: what is empty is dropped from it.
function go(changes, how = "pushState") {
  const q = address();
  for (const [name, value] of Object.entries(changes)) {
    if (value) q.set(name, value);
    else q.delete(name);
  }
  const to = (q.size ? `/?${q}` : "/") + location.hash;
  if (to !== location.pathname + location.search + location.hash) history[how](null, "", to);
}

// firstPage is what the address does not have on the first page.
const firstPage = { cursor: "", page: "", since: "" };

// home leaves nothing in the address.
function home() {
  history.replaceState(null, "", "/");
  readAddress();
}

// readAddress has the fields say what the address says.
function readAddress() {
  clearTimeout(typing);
  typed = "";
  $("filters").reset();
  $("days").value = "30";
  for (const [name, value] of address()) {
    const field = name === "days" ? $("days") : $("filters").elements.namedItem(name);
    if (!field) continue;
    const before = field.value;
    field.value = value;
    if (field.selectedIndex === -1) field.value = before;
  }
  summarize();
}

function writeFilters(how) {
  const form = Object.fromEntries(new FormData($("filters")));
  if (form.order === "created_at.desc") form.order = "";
  go({ ...form, ...firstPage }, how);
  summarize();
}

// summarize says on a phone, where the filters are folded, which are set.
function summarize() {
  const set = ["q", "tag", "show", "order"].map((id) => $(id)).filter((field) => field.value && field.selectedIndex !== 0);
  $("fold-set").textContent = set.map((field) => field.selectedOptions?.[0].text ?? field.value).join(", ") || "none set";
}

function fold(folded) {
  $("fold").setAttribute("aria-expanded", String(!folded));
}

const pageSize = 20;
const soon = "expires_at.nullslast";
const shown = { on: ["is_active", "is.true"], off: ["is_active", "is.false"], expiring: ["expires_at", "not.is.null"], silent: ["click_count", "eq.0"] };

async function list() {
  const form = new FormData($("filters"));
  const q = new URLSearchParams({ order: form.get("order"), limit: pageSize });
  for (const name of ["q", "tag"]) if (form.get(name).trim()) q.set(name, form.get(name).trim());
  if (shown[form.get("show")]) q.set(...shown[form.get("show")]);
  const cursor = address().get("cursor");
  if (cursor) q.set("cursor", cursor);
  let since = "";
  if (form.get("order") === soon) { // all pages leave out what had ended at one time
    since = new Date((cursor && Date.parse(address().get("since"))) || Date.now()).toISOString().slice(0, 19) + "Z";
    q.set("or", `(expires_at.is.null,expires_at.gt.${since})`);
  }
  const answer = await loaded(`/api/links?${q}`, "failed", list, cursor);
  if (cursor && (answer === stale || answer?.links.length === 0)) {
    go(firstPage, "replaceState");
    return list();
  }
  if (!answer) {
    if ($("failed").hidden) return;
    $("rows").replaceChildren();
    $("total").textContent = "";
    $("empty").hidden = $("pages").hidden = true;
    return;
  }
  page = { ...answer, since };
  $("total").textContent = page.total.toLocaleString();
  $("rows").replaceChildren(...page.links.map(row));
  const filtered = form.get("q") || form.get("tag") || form.get("show");
  $("empty").hidden = page.links.length > 0;
  $("empty").firstElementChild.textContent = filtered ? "No link is like that." : "No links yet. Make the first one.";
  $("pages").hidden = !page.next && !page.prev;
  $("prev").disabled = !page.prev;
  $("next").disabled = !page.next;
  const last = Math.max(1, Math.ceil(page.total / pageSize));
  page.number = pageNumber(last);
  $("where").textContent = `Page ${page.number.toLocaleString()} of ${last.toLocaleString()}`;
}

// pageNumber is counted from page to page. Where the list begins and ends is
// known, also if links have come and gone meanwhile.
function pageNumber(last) {
  if (!page.prev) return 1;
  if (!page.next) return last;
  return Math.max(2, Math.min(Math.trunc(Number(address().get("page"))) || 2, last - 1));
}

function stateOf(link) {
  if (!link.is_active) return "off";
  if (link.expires_at && new Date(link.expires_at) <= new Date()) return "ended";
  if (link.max_clicks && link.click_count >= link.max_clicks) return "used up";
  return "";
}

const dates = {
  created_at: (link) => ["Made ", moment(link.created_at)],
  expires_at: (link) => (link.expires_at ? [new Date(link.expires_at) <= new Date() ? "Ended " : "Ends ", moment(link.expires_at)] : ["No end"]),
};

const tag = (name) => element("a", { class: "tag", href: `/?${new URLSearchParams({ tag: name })}` }, name);

// row shows a link, with the dates by which the list is chosen and ordered.
function row(link) {
  const about = element("span", { class: "about" }, element("span", { class: "to" }, link.url.replace(/^https?:\/\//, "")));
  for (const column of new Set([$("order").value.split(".")[0], $("show").value === "expiring" && "expires_at"])) {
    if (dates[column]) about.append(element("span", { class: "date" }, ...dates[column](link)));
  }
  about.append(...link.tags.map(tag));
  const state = stateOf(link);
  if (state) about.append(element("span", { class: "off" }, state));
  const clicks = element("span", { class: "clicks" }, link.click_count.toLocaleString(), element("small", {}, link.click_count === 1 ? "click" : "clicks"));
  const button = element("button", { class: "open", "data-slug": link.slug, "aria-current": open?.slug === link.slug ? "true" : null }, element("span", { class: "slug" }, link.slug));
  if (link.title) button.append(" ", element("span", { class: "title" }, link.title));
  button.addEventListener("click", guarded(() => {
    go({ link: link.slug });
    return details(link);
  }));
  return element("li", { class: "link" }, button, clicks, about);
}

// opener is what opens a link in the list.
const opener = (slug) => [...document.querySelectorAll(".open")].find((b) => b.dataset.slug === slug);

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
  describe();
  $("detail").hidden = false;
  if (focus) {
    $("detail-title").focus();
    if (matchMedia("(max-width: 61.99rem)").matches) scrollTo(0, 0);
  }
  const days = Number($("days").value);
  $("detail-wrong").textContent = "";
  if (focus) for (const id of ["sums", "chart", "shares"]) $(id).replaceChildren(); // another link's
  let stats, current;
  try {
    [stats, current] = await Promise.all([call("GET", `/api/links/${link.slug}/stats?days=${days}`), call("GET", `/api/links/${link.slug}`)]);
  } catch (e) {
    if (open !== link) return;
    for (const id of ["sums", "chart", "shares"]) $(id).replaceChildren();
    $("detail-wrong").textContent = `No statistics: ${e.message}`;
    return;
  }
  if (open !== link || days !== Number($("days").value)) return;
  open = current;
  describe();
  page.links = page.links.map((l) => (l.id === current.id ? current : l));
  opener(link.slug)?.closest("li").replaceWith(row(current)); // the list says what the details say
  $("sums").replaceChildren(
    ...[["Clicks in all", current.click_count], [`Clicks in ${days} days`, stats.clicks], [`Visitors in ${days} days`, stats.visitors]].map(([name, n]) =>
      element("div", {}, element("dt", {}, name), element("dd", {}, n.toLocaleString())),
    ),
  );
  $("chart").replaceChildren(chart(stats.by_day, days));
  const countries = new Intl.DisplayNames(["en"], { type: "region", fallback: "code" });
  $("shares").replaceChildren(
    share("Countries", stats.by_country, (c) => (c.country ? countries.of(c.country) : "Unknown")),
    share("Referrers", stats.by_referrer, (r) => r.referrer || "Direct"),
    share("Devices", stats.by_device, (d) => (d.device ? d.device[0].toUpperCase() + d.device.slice(1) : "Unknown")),
  );
}

// describe shows what the open link is.
function describe() {
  $("detail-title").textContent = open.slug;
  $("detail-name").textContent = open.title ?? "";
  $("detail-url").replaceChildren(element("a", { href: open.url, rel: "noopener noreferrer", target: "_blank" }, open.url));
  $("detail-about").replaceChildren(...Object.values(dates).map((date) => element("span", {}, ...date(open))), ...open.tags.map(tag));
}

// find opens a link that may be on another page of the list.
async function find(slug) {
  let link = page.links.find((l) => l.slug === slug);
  try {
    link ??= await call("GET", `/api/links/${encodeURIComponent(slug)}`);
  } catch (e) {
    if (e.status === 404 && address().get("link") === slug) go({ link: "" }, "replaceState");
    $("list-title").focus();
    throw e;
  }
  if (address().get("link") === slug) await details(link, open?.slug !== slug);
}

function hide() {
  open = null;
  mark();
  $("detail").hidden = true;
}

function close() {
  const { slug } = open;
  hide();
  go({ link: "" });
  (opener(slug) ?? $("list-title")).focus();
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
  if (!editing) go(firstPage);
  const wasOpen = open !== null && editing !== null;
  if (wasOpen) {
    open = saved;
    go({ link: saved.slug }, "replaceState");
  }
  await list();
  if (wasOpen) await details(saved, false);
  else opener(saved.slug)?.focus();
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
  hide();
  go({ link: "" }, "replaceState");
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
  await arrive();
});

submit("register", async () => {
  const message = $("register").querySelector(".wrong");
  message.textContent = "";
  try {
    const user = await call("POST", "/api/users", { email: $("email").value.trim() }, null);
    sessionStorage.setItem(store, user.token);
    home(); // the address may name another user's links
    shownOnce("Your token", user.token);
  } catch (e) {
    message.textContent = e.message;
    $("email").focus();
  }
});

on("fresh-copy", "click", () => copy($("fresh-token").textContent));
on("fresh-done", "click", arrive);
on("leave", "click", () => {
  leave();
  home();
});
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
on("days", "change", () => {
  go({ days: $("days").value === "30" ? "" : $("days").value });
  return details(open, false);
});
on("prev", "click", () => turn(page.prev, page.number - 1));
on("next", "click", () => turn(page.next, page.number + 1));

async function turn(cursor, number) {
  go(number > 1 ? { cursor, page: number, since: page.since } : firstPage);
  await list();
  $("list-title").focus();
  scrollTo(0, 0);
}

on("fold", "click", () => fold($("fold").getAttribute("aria-expanded") === "true"));

// What is typed into a field without a pause for other things is one address.
let typing;
let typed = "";
on("filters", "input", async ({ target }) => {
  clearTimeout(typing);
  await new Promise((done) => (typing = setTimeout(done, target.tagName === "SELECT" ? 0 : 250)));
  const more = target.tagName !== "SELECT" && typed === target.id;
  typed = target.id;
  writeFilters(more ? "replaceState" : "pushState");
  await list();
});
document.addEventListener("focusout", () => (typed = ""));
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
    fold(false);
    $("q").focus();
  } else if (e.key === "n") {
    e.preventDefault();
    edit(null);
  }
});

document.addEventListener("click", guarded(async (e) => {
  const a = e.target.closest("a.tag");
  if (!a || e.ctrlKey || e.metaKey || e.shiftKey || e.altKey) return;
  e.preventDefault();
  history.pushState(null, "", a.href);
  scrollTo(0, 0);
  await arrive();
}));

window.addEventListener("popstate", guarded(async () => { // also after a change of the hash
  for (const d of document.querySelectorAll("dialog[open]")) d.close();
  if (sessionStorage.getItem(store)) await arrive();
}));

if (sessionStorage.getItem(store)) guarded(arrive)();
else enter();
