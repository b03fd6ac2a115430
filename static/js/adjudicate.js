// Adjudication: cards of groups, worked through by keys; the forms in the cards do the sending.

import { move, moved } from "./caret.js";
import { $, $$, article, on, paint, reveal, selected, work } from "./dom.js";
import { acts } from "./keys.js";
import { extentIn, rangeOf, sent } from "./offsets.js";
import { takeExtent } from "./select.js";
import { begin, onAnswer, send, sendActs, sendForm, state } from "./send.js";

let chosen = "";
let draft = null; // the span that the chosen group is to become: {start, end, label, clear}

const card = () => document.getElementById(`group-${chosen}`);
const press = (selector) => void (card() && $(selector, card())?.click());

// A span at a mark is named GROUP.NUMBER; the innermost comes last.
const groupsAt = (mark) => [...new Set(mark.dataset.spans.split(" ").reverse().map((id) => id.split(".")[0]))];

function choose(id, scroll = true) {
  if (id !== chosen) drop();
  for (const old of $$(".chosen, .now")) old.classList.remove("chosen", "now");
  chosen = id;
  if (!card()) return;
  card().classList.add("chosen");
  const marks = $$("#article mark").filter((mark) => groupsAt(mark).includes(id));
  for (const part of [...marks, ...$$(`#rails i[data-of="${id}"]`)]) part.classList.add("now");
  if (!scroll) return;
  if (marks.length) reveal(marks[0].getBoundingClientRect());
  card().scrollIntoView({ block: "nearest" });
}

function go(direction, fits = () => true) {
  const cards = $$("#groups [data-group]");
  const at = cards.indexOf(card());
  const next = cards.map((_, i) => cards.at((at + direction * (i + 1)) % cards.length)).find(fits);
  if (next) choose(next.dataset.group);
}

const firstOpen = () => ($("#groups .card:not(.decided)") ?? $("#groups .card"))?.dataset.group ?? "";

function edit() {
  const row = card() && ($(".variant:has(:checked)", card()) ?? $(".variant", card()));
  if (row) redraft({ ...extentIn(row.dataset), label: row.dataset.name });
}

function redraft(made) {
  draft?.clear();
  draft = { ...made, clear: paint("draft", rangeOf(made)) };
  card().classList.add("editing");
  $(".draft q", card()).textContent = sent(made).quote;
  const name = $(".draft .name", card());
  name.textContent = made.label;
  name.className = `name label-${made.label}`;
}

function drop() {
  draft?.clear();
  draft = null;
  card()?.classList.remove("editing");
}

function enter() {
  if (!draft) return go(1, (one) => !one.classList.contains("decided"));
  const { start, end } = sent(takeExtent() ?? draft);
  const form = $("form", card());
  const spans = JSON.stringify([{ start, end, label: draft.label }]);
  send(form.getAttribute("action"), { action: "edit", spans, reason: form.reason.value });
  getSelection().removeAllRanges();
  drop();
}

function label(name) {
  if (draft) return redraft({ ...draft, ...takeExtent(), label: name });
  const found = takeExtent();
  if (!found) return false;
  send(`${location.pathname}/add`, { ...sent(found), label: name });
  getSelection().removeAllRanges();
}

function add() {
  if (selected()) $("#labels button").focus();
  else state("saved", $("#labels").dataset.hint);
}

function decide(form, field) {
  const url = form.getAttribute("action"); // form.action is a button here
  const values = [...new FormData(form)];
  const reason = field.name === "reason";
  if (values.some(([name]) => name === "variants")) send(url, [["action", "accept"], ...values]);
  else if (!reason) send(`${url}/undo`, {});
  else if (form.dataset.rejected) send(url, [["action", "reject"], ...values]);
}

const longest = ({ dataset: a }, { dataset: b }) => a.from - b.from || b.to - a.to;

function drawRails() {
  const { top } = $("#rails").getBoundingClientRect();
  for (const rail of $("#rails").children) {
    let low = 0;
    const bars = $$(`.variant[data-who~="${rail.dataset.column}"]`).sort(longest).map((row) => {
      const box = rangeOf(extentIn(row.dataset)).getBoundingClientRect();
      const bar = document.createElement("i");
      bar.dataset.of = row.closest("[data-group]").dataset.group;
      bar.className = `label-${row.dataset.name} ${bar.dataset.of === chosen ? "now" : ""} ${box.bottom - 8 < low ? "inner" : ""}`;
      low = Math.max(low, box.bottom);
      bar.style.top = `${box.top - top + 3}px`;
      bar.style.height = `${box.height - 6}px`;
      return bar;
    });
    rail.replaceChildren(rail.firstElementChild, ...bars);
  }
}

Object.assign(acts, sendActs, {
  label, edit, add, enter,
  next: () => go(1), previous: () => go(-1), reject: () => press(".reject"), undo: () => press(".undo"),
  accept: (key) => press(`.variant[data-number="${key}"] input`),
  reason: () => card() && $("[name=reason]", card())?.focus(),
  edge: (key) => (selected() || !draft ? move(key) : redraft({ ...draft, ...moved(draft, key) })),
  submit: () => void ($("#close") && sendForm($("#close"))),
  leave: () => (draft ? drop() : getSelection().removeAllRanges()),
});

on(work, "click", ({ target }) => {
  const group = target.closest("[data-group]")?.dataset.group;
  if (group && group !== chosen) choose(group);
  const mark = !selected() && target.closest("#article mark");
  const ids = mark ? groupsAt(mark) : [];
  if (mark) choose(ids[(ids.indexOf(chosen) + 1) % ids.length]);
});
on(work, "change", ({ target }) => decide(target.form, target));
onAnswer((id) => {
  choose(id || chosen, false);
  if (!card()) choose(firstOpen(), false);
  drawRails();
});
new ResizeObserver(drawRails).observe(article);
choose(firstOpen(), false);
begin();
