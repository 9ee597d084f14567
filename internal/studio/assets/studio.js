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

// Forms of rows. What is written is the value that is meant, and SQLite is asked what it
// would say, in a transaction that is rolled back.
const form = $("form[data-try]");
if (form) {
  const how = (n) => form.elements[`how.${n}`];
  for (const field of form.querySelectorAll(".field")) {
    const n = field.dataset.field, file = field.querySelector(".file"), value = field.querySelector(".value");
    const dim = () => {
      file.hidden = how(n).value !== "file";
      value.hidden = !file.hidden;
      value.classList.toggle("off", how(n).value !== "value");
    };
    how(n).addEventListener("change", dim);
    value.addEventListener("input", () => { how(n).value = "value"; dim(); });
    dim();
  }
  let asked = 0;
  const ask = async () => {
    const mine = ++asked, sent = new FormData(form);
    sent.set("try", "1");
    try {
      const answer = await fetch(form.action, { method: "POST", body: sent, headers: { Accept: "application/json" } });
      if (!answer.ok || mine !== asked) return;
      const wrong = await answer.json();
      for (const field of form.querySelectorAll(".field")) field.querySelector(".fault").textContent = wrong.fields[field.dataset.field] ?? "";
      $("#fault").textContent = wrong.row;
    } catch { /* saving says what is wrong */ }
  };
  form.addEventListener("change", ask);
  let saving = false;
  form.addEventListener("submit", () => { saving = true; });
  const before = new URLSearchParams(new FormData(form)).toString();
  addEventListener("beforeunload", (e) => {
    if (!saving && new URLSearchParams(new FormData(form)).toString() !== before) e.preventDefault();
  });
}
