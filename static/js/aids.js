// Aids to reading: find, the minimap, blocks put aside, the place and time.

import { $, $$, TOP, article, framed, here, jump, on, paint, reveal, work } from "./dom.js";
import { acts } from "./keys.js";
import { chosen, marksOf } from "./marks.js";
import { boxAt, firstSeen, indexOf, pointOf, rangeOf, text } from "./offsets.js";
import { onAnswer, send, token } from "./send.js";

const bar = $("#find");
const field = $("input", bar);
let found = [];
let at;
let clears = [];

function mark(still) {
  for (const clear of clears) clear();
  clears = found.map((extent, number) => paint(number === at ? "found-now" : "found", rangeOf(extent)));
  $("output", bar).value = field.value && `${found.length && at + 1} / ${found.length}`;
  if (found.length && !still) reveal(rangeOf(found[at]).getBoundingClientRect());
}

function look() {
  const words = new RegExp(RegExp.escape(field.value) || "$^", "giu");
  found = [...text.matchAll(words)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
  at = 0;
  mark();
}

function close() {
  bar.hidden = true;
  field.value = "";
  look();
  article.focus({ preventScroll: true });
}

on(field, "input", look);
on(bar, "keydown", ({ key, shiftKey }) => {
  if (key === "Escape") close();
  if (key !== "Enter" || !found.length) return;
  at = (at + (shiftKey ? found.length - 1 : 1)) % found.length;
  mark();
});

const aside = $("#aside");
let hovered;
const blockOf = (part) => part?.closest("#article > [id]");

function showAside(block) {
  if (!block || !aside) return;
  hovered = block;
  aside.ariaPressed = block.matches(".furniture");
  aside.style.top = `${block.getBoundingClientRect().top + scrollY}px`;
}

function turn(block) {
  if (block) send(`${here}/blocks/${block.id.slice(6)}`, { furniture: block.matches(".furniture") ? "" : "on" });
}

on(article, "mouseover", ({ target }) => showAside(blockOf(target)));

const map = $("#map");
const length = pointOf(text.length);

const drawMap = framed(() => {
  const height = (map.height = map.clientHeight);
  const canvas = map.getContext("2d");
  const colors = {};
  for (const part of $$("#counts .swatch")) colors[part.closest("li").dataset.name] = getComputedStyle(part).backgroundColor;
  for (const { dataset: { from, to, name } } of $("#spans").children) {
    canvas.fillStyle = colors[name] ?? "gray";
    canvas.fillRect(2, (from / length) * height, 8, Math.max(2, ((to - from) / length) * height));
  }
});

on(map, "click", ({ offsetY }) =>
  jump(boxAt(Math.round((offsetY / map.clientHeight) * text.length)).top - innerHeight / 3));
new ResizeObserver(drawMap).observe(map);
onAnswer(() => {
  drawMap();
  mark(true); // swapped blocks are new nodes
  showAside(hovered && $(`#${hovered.id}`));
});

Object.assign(acts, {
  find: () => {
    bar.hidden = false;
    field.select();
  },
  unfind: close,
  aside: () => turn(hovered),
  furniture: () => turn(blockOf(marksOf(chosen)[0] ?? getSelection().focusNode?.parentElement)),
});

const MINUTE = 60_000; // longer without a sign is no work
let last = 0;
let spent = 0;

on(window, "keydown pointermove scroll", ({ timeStamp }) => {
  if (timeStamp - last < MINUTE) spent += timeStamp - last;
  last = timeStamp;
});

function tell() {
  if (!spent) return;
  const values = { at: scrollY && pointOf(firstSeen()), seconds: Math.round(spent / 1000), csrf_token: token().content };
  navigator.sendBeacon(`${here}/place`, new URLSearchParams(values));
  spent = 0;
}

on(document, "visibilitychange", () => document.hidden && tell());
setInterval(tell, MINUTE);

history.scrollRestoration = "manual";
if (!chosen && +work.dataset.place) jump(boxAt(indexOf(work.dataset.place)).top - TOP);
