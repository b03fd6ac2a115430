// Aids to reading: find in the text, the minimap of marks, blocks put aside, and the small dialogs.

import { $, $$, article, paint, reveal } from "./dom.js";
import { acts } from "./keys.js";
import { chosenId } from "./marks.js";
import { boxAt, indexOf, pointOf, rangeOf, text } from "./offsets.js";
import { caretIndex } from "./select.js";
import { onAnswer, send } from "./send.js";

const here = `/articles/${$("#work").dataset.article}`;
const bar = $("#find");
const field = $("input", bar);
let found = [];
let at = 0;
let clears = [];

function mark(still) {
  for (const clear of clears.splice(0)) clear();
  for (const [number, extent] of found.entries()) clears.push(paint(number === at ? "found-now" : "found", rangeOf(extent)));
  $("output", bar).value = field.value ? `${found.length && at + 1} / ${found.length}` : "";
  if (found.length && !still) reveal(rangeOf(found[at]).getBoundingClientRect());
}

function look() {
  const words = field.value.toLowerCase();
  const all = text.toLowerCase();
  found = [];
  for (let i = words ? all.indexOf(words) : -1; i >= 0; i = all.indexOf(words, i + words.length)) {
    found.push({ start: i, end: i + words.length });
  }
  if (all.length !== text.length) found = []; // letters whose small form is longer would shift what is shown
  at = 0;
  mark();
}

function close() {
  bar.hidden = true;
  field.value = "";
  look();
  article.focus({ preventScroll: true });
}

field.addEventListener("input", look);
bar.addEventListener("keydown", (event) => {
  if (event.key === "Escape") close();
  if (event.key !== "Enter" || !found.length) return;
  event.preventDefault();
  at = (at + (event.shiftKey ? found.length - 1 : 1)) % found.length;
  mark();
});

/** The block that the pointer is over, else that of the chosen span or of the caret. */
let hovered = null;
const aside = $("#aside");
const blockOf = (node) => (node?.nodeType === 1 ? node : node?.parentElement)?.closest("#article > [id]");

function showAside(block) {
  hovered = block;
  if (!aside || !block) return;
  aside.hidden = false;
  aside.ariaPressed = block.classList.contains("furniture");
  aside.style.top = `${block.getBoundingClientRect().top + scrollY}px`;
}

function turn(block) {
  if (block) send(`${here}/blocks/${block.id.slice(6)}`, { furniture: block.classList.contains("furniture") ? "" : "on" });
}

article.addEventListener("mouseover", ({ target }) => showAside(blockOf(target)));
aside?.addEventListener("click", () => turn(hovered));

const map = $("#map");

function drawMap() {
  if (!map.clientHeight) return;
  const canvas = map.getContext("2d");
  const length = pointOf(text.length);
  map.height = map.clientHeight;
  map.width = map.clientWidth;
  const colors = new Map($$("#labels [data-label], #counts [data-name]").map((part) =>
    [part.dataset.label ?? part.dataset.name, getComputedStyle($(".swatch", part)).backgroundColor]));
  for (const { dataset: { from, to, name } } of $("#spans").children) {
    canvas.fillStyle = colors.get(name) ?? "gray";
    canvas.fillRect(2, (from / length) * map.height, map.width - 4, Math.max(2, ((to - from) / length) * map.height));
  }
}

let soon = 0;
const later = () => {
  cancelIdleCallback(soon);
  soon = requestIdleCallback(drawMap);
};
map.addEventListener("click", ({ offsetY }) => {
  const { top } = boxAt(indexOf(Math.round((offsetY / map.clientHeight) * pointOf(text.length))));
  scrollBy({ top: top - innerHeight / 3, behavior: "instant" });
});
new ResizeObserver(later).observe(map);
onAnswer(() => {
  later();
  mark(true); // blocks that were swapped are new nodes
  if (hovered) showAside($(`#${hovered.id}`));
});

const dialog = (name) => () => $(`#${name}`)?.showModal() ?? !!$(`#${name}`);
for (const one of $$("dialog")) one.addEventListener("submit", () => setTimeout(() => one.close()));
Object.assign(acts, {
  find: () => {
    bar.hidden = false;
    field.select();
  },
  unfind: close, shut: (button) => button.closest("dialog").close(), guide: dialog("guide"), skip: dialog("skip"), flag: dialog("flag"),
  furniture: () => turn(blockOf($(`#article mark[data-spans~="${chosenId()}"]`)) ?? article.children[
    [...article.children].findLastIndex((block) => indexOf(block.dataset.start) <= caretIndex())]),
});
