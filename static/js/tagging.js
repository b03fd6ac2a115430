// The workspace: what is done to spans, and the place and time of reading, told to the server now and then.

import { edge, flush, move } from "./caret.js";
import { $, $$, TOP, article, here, jump, on, selected, work } from "./dom.js";
import { acts } from "./keys.js";
import { choose, chosenId, idsAt, itemOf, neighbour } from "./marks.js";
import { boxAt, firstSeen, indexOf, indexUnder, pointOf, sent } from "./offsets.js";
import { focused, show, snap, snaps, takeExtent, unitAt, unselect } from "./select.js";
import { begin, jobs, onAnswer, send, sendActs, token } from "./send.js";

const { dataset } = work;
let picking = null; // the relation whose other end is being chosen: {type, fits, from, at}

function label(name) {
  const extent = takeExtent();
  flush();
  if (extent) return tag({ ...sent(extent), label: name });
  const id = chosenId() || (jobs.some(({ url }) => url.endsWith("/spans")) && "@");
  if (!id) return false;
  if (itemOf(id)?.dataset.name !== name) send(`/spans/${id}`, { label: name }, id);
}

function tag(values) {
  unselect();
  if (jobs.some(({ body }) => body === `${new URLSearchParams(values)}`)) return;
  choose("");
  send(`${here}/spans`, values);
}

function remove() {
  const id = chosenId();
  if (!id || !$("#labels")) return false;
  flush();
  send(`/spans/${id}/delete`, {}, id);
}

function edit() {
  if (picking) return void take([picking.at]);
  if (chosenId()) return $("#tools label:not([hidden]) [name]").focus();
  const [id] = idsAt(focused() ? getSelection().focusNode?.parentElement : null);
  if (!id) return false;
  choose(id, "list");
}

const press = (name) => () => {
  flush();
  if (jobs.length || $(`#${name} button:enabled`)) $(`#${name}`)?.requestSubmit();
};

function leave() {
  if (picking) pick();
  else if (selected()) unselect();
  else choose("");
}

const go = (direction) => () => {
  if (!picking) return choose(neighbour(direction), "both");
  picking.at = neighbour(direction, picking.at, fits);
  $(".candidate")?.classList.remove("candidate");
  itemOf(picking.at)?.classList.add("candidate");
  itemOf(picking.at)?.scrollIntoView({ block: "nearest" });
};

function pick(_, button) {
  $(".candidate")?.classList.remove("candidate");
  picking = button && { ...button.dataset, from: chosenId(), at: chosenId() };
  button?.blur();
  $("#picking").hidden = !picking;
  $("#picking span").textContent = button?.title;
}

const fits = (id) => id !== picking.from && picking.fits.split(" ").includes(itemOf(id)?.dataset.name);

function take(ids) {
  if (!picking) return false;
  const to = ids.find(fits);
  if (to) {
    send(`${here}/relations`, { type: picking.type, from: picking.from, to });
    pick();
  }
  return true;
}

function showSnap() {
  $('[data-act="snap"]')?.setAttribute("aria-pressed", snaps());
}

Object.assign(acts, sendActs, {
  label, edge, edit, leave, pick, delete: remove, next: go(1), previous: go(-1),
  undo: press("undo"), redo: press("redo"), submit: press("submit"),
  caret: (key) => focused() && move(key) !== false && (picking || choose("")),
  goto: (id) => choose(id, "both"),
  article: (key) => {
    const links = $$(".mine a");
    links[links.findIndex((link) => link.ariaCurrent) + (key === "]" ? 1 : -1)]?.click();
  },
  snap: () => {
    localStorage.snap = snaps() ? "off" : "on";
    showSnap();
  },
});

on(work, "click", ({ target }) => {
  const item = target.closest(".head")?.parentElement;
  if (!item && (selected() || !article.contains(target))) return;
  const ids = item ? [item.dataset.span] : idsAt(target);
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

const MINUTE = 60_000; // without a sign for so long is no work
let last = 0;
let spent = 0;

on(window, "keydown pointermove scroll", ({ timeStamp }) => {
  if (timeStamp - last < MINUTE) spent += timeStamp - last;
  last = timeStamp;
}, true);

function tell() {
  const values = { at: pointOf(firstSeen()), seconds: Math.round(spent / 1000), csrf_token: token().content };
  if (spent) navigator.sendBeacon(`${here}/place`, new URLSearchParams(values));
  spent = 0;
}

on(document, "visibilitychange", () => document.hidden && tell());
setInterval(tell, MINUTE);

history.scrollRestoration = "manual";
if (dataset.chosen) choose(dataset.chosen, "both");
else if (+dataset.place) jump(boxAt(indexOf(dataset.place)).top - TOP);
