// Adjudication: cards of groups, worked through by keys; the forms in the cards do the sending.

import { initBar, takeExtent } from "./bar.js";
import { $, $$, onLoad, paint, reveal, selected } from "./dom.js";
import { extend, moved } from "./edges.js";
import { initActs } from "./keys.js";
import { quoteOf, rangeOf } from "./offsets.js";
import { initForms, onAnswer, send, sendActs, sendForm, state } from "./send.js";

let chosen = "";
let draft = null; // the span that the chosen group is to become: {start, end, label, clear}

const article = () => $("#article");
const card = () => document.getElementById(`group-${chosen}`);
const press = (selector) => void (card() && $(selector, card())?.click());

/** The groups at a mark, innermost first; its spans are named GROUP.NUMBER. */
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
  reveal(marks[0]?.getBoundingClientRect());
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
  if (row) redraft({ start: +row.dataset.from, end: +row.dataset.to, label: row.dataset.name });
}

function redraft(made) {
  draft?.clear();
  draft = { ...made, clear: paint("draft", rangeOf(article(), made)) };
  card().classList.add("editing");
  $(".draft q", card()).textContent = quoteOf(article(), made);
  const name = $(".draft .name", card());
  name.textContent = made.label;
  name.className = `name label-${made.label}`;
}

function drop() {
  draft?.clear();
  draft = null;
  card()?.classList.remove("editing");
}

/** Saves the draft, or goes to the next group that is undecided. */
function enter() {
  if (!draft) return go(1, (one) => !one.classList.contains("decided"));
  const { start, end } = takeExtent(article()) ?? draft;
  const form = $("form", card());
  send(form.getAttribute("action"), { action: "edit", spans: JSON.stringify([{ start, end, label: draft.label }]), reason: form.reason.value });
  getSelection().removeAllRanges();
  drop();
}

/** A label's key or button: the label of the draft, or of the selection, which is added. */
function label(name) {
  if (draft) return redraft({ ...draft, ...takeExtent(article()), label: name });
  const found = takeExtent(article());
  if (!found) return false;
  send(`${location.pathname}/add`, { ...found, quote: quoteOf(article(), found), label: name });
  getSelection().removeAllRanges();
}

function add() {
  if (selected()) $("#labels button").focus();
  else state("saved", $("#labels").dataset.hint);
}

/** A box was ticked or a reason written: the decision that the card now shows. */
function decide(form, field) {
  const url = form.getAttribute("action"); // form.action is a button here
  const values = [...new FormData(form)];
  const reason = field.name === "reason";
  if (values.some(([name]) => name === "variants")) send(url, [["action", "accept"], ...values]);
  else if (!reason) send(`${url}/undo`, {});
  else if (form.dataset.rejected) send(url, [["action", "reject"], ...values]);
}

const longest = ({ dataset: a }, { dataset: b }) => a.from - b.from || b.to - a.to;

/** A bar beside the text for each reviewer's variants. */
function drawRails() {
  const { top } = $("#rails").getBoundingClientRect();
  for (const rail of $("#rails").children) {
    let low = 0;
    const bars = $$(`.variant[data-who~="${rail.dataset.column}"]`).sort(longest).map((row) => {
      const box = rangeOf(article(), { start: +row.dataset.from, end: +row.dataset.to }).getBoundingClientRect();
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

const acts = {
  ...sendActs, label, edit, add, enter,
  next: () => go(1), previous: () => go(-1), reject: () => press(".reject"), undo: () => press(".undo"),
  accept: (key) => press(`.variant[data-number="${key}"] input`),
  reason: () => card() && $("[name=reason]", card())?.focus(),
  edge: (key) => (selected() || !draft ? extend(key) : redraft({ ...draft, ...moved(article(), draft, key) })),
  submit: () => void ($("#close") && sendForm($("#close"))),
  leave: () => (draft ? drop() : getSelection().removeAllRanges()),
};

onLoad((root) => {
  if (!$("#article", root)) return;
  initBar(article());
  initActs(acts);
  $("#work").addEventListener("click", ({ target }) => {
    const group = target.closest("[data-group]")?.dataset.group;
    if (group && group !== chosen) choose(group);
    const mark = !selected() && target.closest("#article mark");
    const ids = mark ? groupsAt(mark) : [];
    if (mark) choose(ids[(ids.indexOf(chosen) + 1) % ids.length]);
  });
  initForms();
  $("#work").addEventListener("change", ({ target }) => decide(target.form, target));
  onAnswer((id) => {
    choose(id || chosen, false);
    if (!card()) choose(firstOpen(), false);
    drawRails();
  });
  new ResizeObserver(drawRails).observe(article());
  choose(firstOpen(), false);
});
