// The workspace: what is done to spans, and the place and time of reading, told to the server now and then.

import { caret, edge, flush } from "./caret.js";
import { $, $$, article, jump, on, selected, work } from "./dom.js";
import { acts } from "./keys.js";
import { choose, chosenId, idsAt, itemOf, neighbour } from "./marks.js";
import { boxAt, indexOf, indexUnder, pointOf, sent } from "./offsets.js";
import { focused, show, snap, snaps, takeExtent, unitAt, unselect } from "./select.js";
import { begin, jobs, onAnswer, send, sendActs, sendForm, token } from "./send.js";

const { dataset } = work;
const here = `/articles/${dataset.article}`;
const isTag = ({ url }) => url === `${here}/spans`;
let picking = null; // the relation whose other end is being chosen: {type, fits, from, at}

function tag(extent, label) {
  const values = { ...sent(extent), label };
  unselect();
  if (jobs.some((job) => isTag(job) && job.body === `${new URLSearchParams(values)}`)) return;
  choose("");
  send(`${here}/spans`, values);
}

function label(name) {
  const extent = takeExtent();
  flush();
  if (extent) return tag(extent, name);
  const id = chosenId() || (jobs.some(isTag) && "@");
  if (!id) return false;
  if (itemOf(id)?.dataset.name !== name) send(`/spans/${id}`, { label: name }, id);
}

function remove() {
  const id = chosenId();
  if (!id || !$("#labels")) return false;
  flush();
  send(`/spans/${id}/delete`, {}, id);
}

function edit() {
  if (picking) return void take([picking.at]);
  if (chosenId()) return $("input, select, textarea", itemOf(chosenId()))?.focus();
  const [id] = focused() ? idsAt(getSelection().focusNode?.parentElement.closest("mark")) : [];
  return !!id && choose(id, "list");
}

const press = (name) => () => {
  flush();
  const form = $(`#${name}`);
  if (form && (jobs.length || !$("button", form).disabled)) sendForm(form);
};

function leave() {
  if (picking) pick();
  else if (selected()) unselect();
  else choose("");
}

const go = (direction) => () => {
  if (!picking) return choose(neighbour(direction), "both");
  itemOf(picking.at)?.classList.remove("candidate");
  picking.at = neighbour(direction, picking.at, fits);
  itemOf(picking.at)?.classList.add("candidate");
  itemOf(picking.at)?.scrollIntoView({ block: "nearest" });
};

function pick(button) {
  for (const item of $$(".candidate")) item.classList.remove("candidate");
  picking = button ? { ...button.dataset, from: chosenId(), at: chosenId() } : null;
  $("#picking").hidden = !picking;
  button?.blur();
  $("#picking span").textContent = button?.title;
}

const fits = ({ dataset: { name, span } }) => picking.fits.split(" ").includes(name) && span !== picking.from;

function take(ids) {
  const to = picking && ids.find((id) => itemOf(id) && fits(itemOf(id)));
  if (!to) return !!picking;
  send(`${here}/relations`, { type: picking.type, from: picking.from, to });
  pick();
  return true;
}

function turnSnap() {
  localStorage.setItem("snap", snaps() ? "off" : "on");
  showSnap();
}

const showSnap = () => $('[data-act="snap"]')?.setAttribute("aria-pressed", snaps());

function toArticle(key) {
  const links = $$(".mine a");
  links[links.findIndex((link) => link.ariaCurrent) + (key === "]" ? 1 : -1)]?.click();
}

Object.assign(acts, sendActs, {
  label, edge, edit, leave, pick, article: toArticle, delete: remove, snap: turnSnap, next: go(1), previous: go(-1),
  caret: (key) => caret(key) !== false && (picking || choose("")),
  relabel: ({ value }) => label(value),
  goto: ({ value }) => choose(value, "both"),
  unlink: ({ value }) => send(`/relations/${value}/delete`, {}),
  undo: press("undo"), redo: press("redo"), submit: press("submit"),
});

on(work, "click", ({ target }) => {
  const item = target.closest(".head")?.parentElement;
  if (!item && (selected() || !article.contains(target))) return;
  const ids = item ? [item.dataset.span] : idsAt(target.closest("mark"));
  const next = ids.indexOf(chosenId()) + 1;
  if (!take(ids)) choose(ids[item ? next : next % ids.length] ?? "", item ? "text" : "list");
});
on(document, "mouseup", ({ target, detail }) => {
  if (detail < 2 && !target.closest("#labels")) setTimeout(snap);
});
on(article, "mousedown", (event) => { // the third press of a triple click takes the sentence
  const found = event.detail === 3 && unitAt(indexUnder(event.clientX, event.clientY), "sentence");
  if (!found) return;
  event.preventDefault();
  show(found.start, found.end);
});
on($("#spans"), "change", ({ target }) => { // a field by itself: what others changed stays
  const id = target.closest("[data-span]").dataset.span;
  send(`/spans/${id}`, { [target.name]: target.value }, id);
});
onAnswer((id) => choose(id || chosenId(), id && id !== chosenId() && "list"));
begin(flush);
showSnap();

const MINUTE = 60; // without a sign for so long is no work
const TOP = 80; // what lies under the bars is not read
let last = Date.now() / 1000;
let seconds = 0;

function tell() {
  if (!seconds) return;
  const at = pointOf(indexUnder(article.getBoundingClientRect().left + 8, TOP + 8) ?? 0);
  const body = new URLSearchParams({ at, seconds: Math.round(seconds), csrf_token: token().content });
  seconds = 0;
  fetch(`${here}/place`, { method: "POST", keepalive: true, body }).catch(() => {});
}

on(window, "keydown pointermove scroll", () => {
  const idle = Date.now() / 1000 - last;
  last += idle;
  if (idle < MINUTE) seconds += idle;
}, true);
on(document, "visibilitychange", () => document.hidden && tell());
setInterval(tell, MINUTE * 1000);

history.scrollRestoration = "manual";
if (dataset.chosen) choose(dataset.chosen, "both");
else if (+dataset.place) jump(boxAt(indexOf(dataset.place)).top - TOP);
