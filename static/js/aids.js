// Aids to reading: find in the text, the minimap of marks, and blocks put aside.

import { $, $$, article, framed, here, jump, on, paint, reveal } from "./dom.js";
import { acts } from "./keys.js";
import { chosenId, marksOf } from "./marks.js";
import { boxAt, indexOf, placeOf, pointOf, rangeOf, text } from "./offsets.js";
import { caretIndex, inText } from "./select.js";
import { onAnswer, send } from "./send.js";

const bar = $("#find");
const field = $("input", bar);
let found = [];
let at = 0;
let clears = [];

function mark() {
  for (const clear of clears) clear();
  clears = found.map((extent, number) => paint(number === at ? "found-now" : "found", rangeOf(extent)));
}

function go(to) {
  at = to;
  mark();
  $("output", bar).value = field.value && `${found.length && at + 1} / ${found.length}`;
  if (found.length) reveal(rangeOf(found[at]).getBoundingClientRect());
}

function look() {
  const words = new RegExp(field.value.replace(/[\\^$.*+?()[\]{}|]/g, "\\$&") || "$^", "giu");
  found = [...text.matchAll(words)].map(({ index, 0: { length } }) => ({ start: index, end: index + length }));
  go(0);
}

function close() {
  bar.hidden = true;
  field.value = "";
  look();
  article.focus({ preventScroll: true });
}

on(field, "input", look);
on(bar, "keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key !== "Enter" || !found.length) return;
  event.preventDefault();
  go((at + (event.shiftKey ? found.length - 1 : 1)) % found.length);
});

const aside = $("#aside"); // none where the article is locked
let hovered;
const blockOf = (part) => part?.closest("#article > [id]");

function showAside(block) {
  if (!block || !aside) return;
  hovered = block;
  aside.hidden = false;
  aside.ariaPressed = block.matches(".furniture");
  aside.style.top = `${block.getBoundingClientRect().top + scrollY}px`;
}

function turn(block) {
  if (block) send(`${here}/blocks/${block.id.slice(6)}`, { furniture: block.matches(".furniture") ? "" : "on" });
}

on(article, "mouseover", ({ target }) => showAside(blockOf(target)));
if (aside) on(aside, "click", () => turn(hovered));

const map = $("#map");
const length = pointOf(text.length);

const drawMap = framed(() => {
  const { clientHeight: height, clientWidth: width } = map;
  if (!height) return;
  Object.assign(map, { height, width });
  const canvas = map.getContext("2d");
  const colors = new Map($$("#counts .swatch").map((swatch) =>
    [swatch.closest("li").dataset.name, getComputedStyle(swatch).backgroundColor]));
  for (const { dataset: { from, to, name } } of $("#spans").children) {
    canvas.fillStyle = colors.get(name) ?? "gray";
    canvas.fillRect(2, (from / length) * height, width - 4, Math.max(2, ((to - from) / length) * height));
  }
});

on(map, "click", ({ offsetY }) => {
  const index = indexOf(Math.round((offsetY / map.clientHeight) * length));
  jump(boxAt(index).top - innerHeight / 3);
});
new ResizeObserver(drawMap).observe(map);
onAnswer(() => {
  drawMap();
  mark(); // blocks that were swapped are new nodes
  showAside(hovered && $(`#${hovered.id}`));
});

Object.assign(acts, {
  find: () => {
    bar.hidden = false;
    field.select();
  },
  unfind: close,
  furniture: () => turn(blockOf(marksOf(chosenId())[0] ?? (inText() ? placeOf(caretIndex())[0].parentElement : null))),
});
