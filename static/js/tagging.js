// The workspace: what is done to spans.

import { edge, flush, move } from "./caret.js";
import { $, article, here, on, selected, work } from "./dom.js";
import { acts } from "./keys.js";
import { choose, chosen, flag, idsAt, itemOf, neighbour } from "./marks.js";
import { indexUnder, sent } from "./offsets.js";
import { focused, show, snap, snaps, takeExtent, unitAt, unselect } from "./select.js";
import { begin, jobs, onAnswer, send, sendActs } from "./send.js";

let pointed, picking; // {type, fits, from, at}: a relation whose other end is to be chosen

function label(name) {
  const extent = takeExtent();
  const id = chosen || (jobs.some(({ url }) => url.endsWith("/spans")) && "@");
  flush();
  if (extent) tag({ ...sent(extent), label: name });
  else if (!id) return false;
  else if (itemOf(id)?.dataset.name !== name) send(`/spans/${id}`, { label: name }, id);
}

function tag(values) {
  unselect();
  choose("");
  if (!jobs.some(({ body }) => body === `${new URLSearchParams(values)}`)) send(`${here}/spans`, values);
}

function remove() {
  if (!chosen || !$("#labels")) return false;
  flush();
  send(`/spans/${chosen}/delete`, {}, chosen);
}

function edit() {
  const [id] = idsAt(getSelection().focusNode?.parentElement);
  if (picking) take([picking.at]);
  else if (chosen) $("#tools label:not([hidden]) [name]").focus();
  else if (id) choose(id, "list");
  else return false;
}

const press = (name) => () => {
  flush();
  if (jobs.length || $(`#${name} button:enabled`)) $(`#${name}`)?.requestSubmit();
};

const leave = () => (picking ? pick() : selected() ? unselect() : choose(""));

const go = (direction) => () => {
  if (!picking) return choose(neighbour(direction), "both");
  picking.at = neighbour(direction, picking.at, fits);
  flag("candidate", [picking.at]);
  itemOf(picking.at)?.scrollIntoView({ block: "nearest" });
};

function pick(_, button) {
  flag("candidate", []);
  picking = button && { ...button.dataset, from: chosen, at: chosen };
  button?.blur();
  $("#picking").hidden = !button;
  $("#picking span").textContent = button?.title;
}

const fits = (id) => id !== picking.from && picking.fits.split(" ").includes(itemOf(id)?.dataset.name);

function take(ids) {
  const to = picking && ids.find(fits);
  if (!to) return !!picking;
  send(`${here}/relations`, { type: picking.type, from: picking.from, to });
  pick();
  return true;
}

function setSnap(on) {
  localStorage.snap = on ? "on" : "off";
  $("[data-act=snap]")?.setAttribute("aria-pressed", on);
}

Object.assign(acts, sendActs, {
  label, edge, edit, leave, pick, delete: remove, next: go(1), previous: go(-1),
  undo: press("undo"), redo: press("redo"), submit: press("submit"),
  snap: () => setSnap(!snaps()),
  caret: (key) => focused() && move(key) !== false && (picking || choose("")),
  goto: (id) => choose(id, "both"),
  article: (key) => $(key === "]" ? "#here + * a, #mine:not(:has(#here)) a" : ":has(+ #here) a")?.click(),
});

on(work, "click", ({ target }) => {
  const item = target.closest(".head")?.parentElement;
  if (!item && (selected() || !article.contains(target))) return;
  const ids = item ? [item.dataset.span] : idsAt(target);
  const next = ids.indexOf(chosen) + 1;
  if (!take(ids)) choose(ids[item ? next : next % ids.length] ?? "", item ? "text" : "list");
});
on(work, "mouseover focusin", ({ target }) => {
  const id = idsAt(target)[0] ?? target.closest("[data-span]")?.dataset.span;
  if (id !== pointed) flag("hover", [(pointed = id)]);
});
on(document, "mouseup", ({ target, detail }) => detail < 2 && !target.closest("#labels") && setTimeout(snap));
on(article, "mousedown", (event) => { // the third click takes the sentence
  const found = event.detail === 3 && unitAt(indexUnder(event.clientX, event.clientY), "sentence");
  if (!found) return;
  event.preventDefault();
  show(found.start, found.end);
});
on($("#spans"), "change", ({ target }) => { // a field by itself: what others changed stays
  const { span } = target.closest("[data-span]").dataset;
  send(`/spans/${span}`, { [target.name]: target.value }, span);
});
onAnswer((id) => choose(id || chosen, id && id !== chosen && "list"));
begin(flush);
setSnap(snaps());
if (work.dataset.chosen) choose(work.dataset.chosen, "both");
