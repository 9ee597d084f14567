// Keys and what is shown at once. Without it every page works.
"use strict";
const $ = (selector) => document.querySelector(selector);
const reveal = (selector) => { const found = $(selector); if (found) found.hidden = false; return found; };

// The list of tables.
const find = reveal("#find");
const names = [...document.querySelectorAll(".tables li")];
const narrow = () => {
  const text = find.value.toLowerCase();
  for (const li of names) li.hidden = !li.textContent.toLowerCase().includes(text);
};
find?.addEventListener("input", narrow);
find?.addEventListener("keydown", (e) => {
  if (e.key !== "Enter") return;
  const first = names.find((li) => !li.hidden)?.querySelector("a");
  if (first) location.href = first.href;
});
$(".tables [aria-current]")?.scrollIntoView({ block: "nearest" });

// The rows of a page.
const lines = [...document.querySelectorAll(".rows tbody tr")];
let at = -1;
const move = (by) => {
  if (lines.length === 0) return;
  lines[at]?.classList.remove("at");
  at = Math.min(Math.max(at + by, 0), lines.length - 1);
  lines[at].classList.add("at");
  lines[at].scrollIntoView({ block: "nearest" });
};
for (const line of lines) {
  line.addEventListener("dblclick", () => line.querySelector(".open a")?.click());
}

const keys = $("#keys");
reveal("#help")?.addEventListener("click", () => keys.showModal());
const click = (selector) => () => $(selector)?.click();
const actions = {
  "/": () => find.focus(), "f": () => $("#filter")?.focus(), "?": () => keys.showModal(),
  "j": () => move(1), "k": () => move(-1), "Enter": () => lines[at]?.querySelector(".open a")?.click(),
  "n": click("#next"), "p": click("#prev"), "i": click("#about"), "a": click("#new"), "e": click("#edit"), "u": click("#undo"),
};
for (const a of document.querySelectorAll("[data-key]")) actions[a.dataset.key] = () => a.click();
document.addEventListener("keydown", (e) => {
  const field = e.target.closest("input, select, textarea, button, a, dialog, summary");
  if (e.key === "Escape" && field) { field.blur(); return; }
  if (e.ctrlKey || e.metaKey || e.altKey || e.target.closest("input, select, textarea, dialog")) return;
  if (e.key === "Enter" && field) return;
  const action = actions[e.key];
  if (action) { e.preventDefault(); action(); }
});
