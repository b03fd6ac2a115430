// The workspace: what is selected becomes a span, painted at once and sent; and all else that is done to spans.

import { initBar, takeExtent } from "./bar.js";
import { $, $$, onLoad, paint, selected } from "./dom.js";
import { edge, flush } from "./edges.js";
import { initActs } from "./keys.js";
import { choose, chosenId, initMarks, itemOf, neighbour } from "./marks.js";
import { quoteOf, rangeOf } from "./offsets.js";
import { snap } from "./select.js";
import { initForms, onAnswer, send, sendActs, sendForm, withVersion } from "./send.js";

const pending = new Map(); // "start end label" → what clears its paint and paints it again
let fresh = ""; // the span that was tagged last
let picking = null; // the relation whose other end is being chosen: {type, fits, from, at}

const here = () => `/articles/${$("#work").dataset.article}`;
const snaps = () => localStorage.getItem("snap") !== "off";

function tag(article, extent, label) {
  const key = `${extent.start} ${extent.end} ${label}`;
  const quote = quoteOf(article, extent);
  getSelection().removeAllRanges();
  const there = $(`#spans > [data-from="${extent.start}"][data-to="${extent.end}"][data-name="${label}"]`);
  if (there) return choose(there.dataset.span, "list");
  if (pending.has(key)) return;
  const draw = () => paint(`pending-${label}`, rangeOf(article, extent));
  pending.set(key, { draw, clear: draw() });
  choose("");
  send(`${here()}/spans`, { ...extent, quote, label }).then(() => {
    fresh = chosenId();
    pending.get(key).clear();
    pending.delete(key);
  });
}

/** With something selected it becomes a span; else the chosen one, or the one being saved, gets the label. */
function label(name) {
  const extent = takeExtent($("#article"));
  flush();
  return extent ? tag($("#article"), extent, name) : relabel(name);
}

function relabel(name) {
  const chosen = chosenId();
  if (!chosen && !pending.size) return false;
  const id = () => chosen || fresh;
  send(() => `/spans/${id()}`, () => (itemOf(id())?.dataset.name === name ? null : withVersion(id(), [["label", name]])));
}

function remove() {
  const id = chosenId();
  if (!id || !$("#labels")) return false;
  flush();
  send(`/spans/${id}/delete`, () => withVersion(id, []));
}

function edit() {
  if (picking) return void take([picking.at]);
  if (!chosenId()) return false;
  $("input, select, textarea", itemOf(chosenId()))?.focus();
}

function press(name) {
  flush();
  const form = $(`#${name}`);
  if (form && (pending.size || !$("button", form).disabled)) sendForm(form);
}

function leave() {
  if (picking) pick();
  else if (selected()) getSelection().removeAllRanges();
  else choose("");
}

function go(direction) {
  if (!picking) return choose(neighbour(direction), "both");
  itemOf(picking.at)?.classList.remove("candidate");
  picking.at = neighbour(direction, picking.at, fits);
  itemOf(picking.at)?.classList.add("candidate");
  itemOf(picking.at)?.scrollIntoView({ block: "nearest" });
}

/** Begins (with a relation's button) or ends (with none) the choice of the other end. */
function pick(button) {
  for (const item of $$(".candidate")) item.classList.remove("candidate");
  picking = button ? { ...button.dataset, from: chosenId(), at: chosenId() } : null;
  $("#picking").hidden = !picking;
  if (!picking) return;
  button.blur();
  $("#picking span").textContent = button.title;
}

const fits = ({ dataset }) => picking.fits.split(" ").includes(dataset.name) && dataset.span !== picking.from;

/** Takes the first of the spans that fits as the other end; whether a relation was waiting for one. */
function take(ids) {
  const id = picking && ids.find((one) => itemOf(one) && fits(itemOf(one)));
  if (!id) return !!picking;
  send(`${here()}/relations`, { type: picking.type, from: picking.from, to: id });
  pick();
  return true;
}

function turnSnap() {
  localStorage.setItem("snap", snaps() ? "off" : "on");
  showSnap();
}

const showSnap = () => $('[data-act="snap"]')?.setAttribute("aria-pressed", snaps());

function article(key) {
  const links = $$(".mine a");
  links[links.findIndex((link) => link.ariaCurrent) + (key === "]" ? 1 : -1)]?.click();
}

const acts = {
  ...sendActs, label, edge, relabel: ({ value }) => relabel(value), edit, leave, article, pick, delete: remove, snap: turnSnap,
  next: () => go(1), previous: () => go(-1), goto: ({ value }) => choose(value, "both"),
  unlink: ({ value }) => send(`/relations/${value}/delete`, {}),
  undo: () => press("undo"), redo: () => press("redo"), submit: () => press("submit"),
};

onLoad((root) => {
  const article = $("#article", root);
  if (!article) return;
  initBar(article);
  initActs(acts);
  initMarks(article, take);
  showSnap();
  initForms(flush);
  document.addEventListener("mouseup", ({ target, detail }) => {
    if (detail < 2 && snaps() && !target.closest("#labels")) setTimeout(() => snap(article));
  });
  $("#spans").addEventListener("change", ({ target }) => { // a field by itself: what others changed stays
    const id = target.closest("[data-span]").dataset.span;
    send(`/spans/${id}`, () => withVersion(id, [[target.name, target.value]]));
  });
  onAnswer((id) => {
    for (const wait of pending.values()) {
      wait.clear();
      wait.clear = wait.draw();
    }
    choose(id || chosenId(), id && id !== chosenId() ? "list" : "");
  });
});
