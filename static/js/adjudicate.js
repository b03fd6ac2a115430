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
  const ids = [id, ...(card().dataset.ends ?? "").split(" ")]; // a relation's are the groups at its ends
  const marks = $$("#article mark").filter((mark) => groupsAt(mark).some((one) => ids.includes(one)));
  for (const part of [...marks, ...$$("#rails i").filter((bar) => ids.includes(bar.dataset.of))]) part.classList.add("now");
  if (!scroll) return;
  history.replaceState(null, "", `#${card().id}`); // so that it is chosen still after a reload
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
  send(form.getAttribute("action"), { action: "edit", spans, reason: form.reason.value }, chosen);
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

function decide(form, { name }) {
  const url = form.getAttribute("action"); // form.action is a button here
  const { of, does, rule } = form.dataset;
  const values = [...new FormData(form)];
  const put = (action) => send(url, [["action", action], ...values], of);
  if (name !== "variants") does && put(does); // a reason or a value of an attribute goes with what is decided
  else if (values.some(([other]) => other === name)) put("accept");
  else if (rule) put("reject");
  else send(`${url}/undo`, {}, of);
}

/** Opens a form beside the cards, about the chosen group, at its words. */
function open(id) {
  const menu = $(`#${id}`);
  if (!menu) return false;
  const groups = $("[name=group]", menu);
  if ($$("option", groups).some(({ value }) => value === chosen)) groups.value = chosen;
  menu.open = true;
  menu.scrollIntoView({ block: "nearest" });
  $("textarea", menu).focus();
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
  before: () => press(".again"), bulk: () => void ($("#bulk") && sendForm($("#bulk"))),
  back: () => void ($("#undo button:enabled") && sendForm($("#undo"))),
  forth: () => void ($("#redo button:enabled") && sendForm($("#redo"))),
  values: () => card() && $(".values :checked, .values input", card())?.focus(),
  ask: () => open("ask"), note: () => open("note"),
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
on(work, "keydown", (event) => {
  if (event.key !== "Enter" || !event.target.matches(".card input")) return;
  event.preventDefault(); // it would press the form's first button
  event.target.blur();
});
on(work, "change", ({ target }) => target.closest(".card") && decide(target.form, target));
on(work, "submit", ({ target }) => setTimeout(() => { // after it is sent
  const menu = target.closest(".menu");
  if (menu) menu.open = target.reset();
}));
onAnswer((id) => {
  choose(id || chosen, false);
  if (!card()) choose(firstOpen(), false);
  drawRails();
});
new ResizeObserver(drawRails).observe(article);
choose(document.getElementById(location.hash.slice(1))?.dataset.group ?? firstOpen(), !!location.hash);
begin();
