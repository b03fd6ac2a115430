// What is selected, as an extent {start, end}, and the bar of labels, which follows it.

import { $, article, framed, on, selected } from "./dom.js";
import { boxAt, indexAt, placeOf, text } from "./offsets.js";

const units = {};
for (const granularity of ["grapheme", "word", "sentence"]) {
  units[granularity] = new Intl.Segmenter(undefined, { granularity }).segment(text);
}
const SPACE = /[^\S\ufeff]/; // what is white space to the server too

function trimmed(start, end) {
  while (start < end && SPACE.test(text[start])) start++;
  while (end > start && SPACE.test(text[end - 1])) end--;
  return start < end && { start, end };
}

export const caretIndex = () => indexAt(getSelection().focusNode, getSelection().focusOffset);
export const ends = () => [indexAt(getSelection().anchorNode, getSelection().anchorOffset), caretIndex()];
export const focused = () => document.activeElement === article;
export const inText = () => article.contains(getSelection().focusNode);

export function extent() {
  const found = selected() && trimmed(...ends().sort((a, b) => a - b));
  return found && grown(found, "grapheme");
}

// To whole words only where an end is between two letters or digits.
export function grown({ start, end }, unit) {
  const grow = (at, atEnd) => {
    const { index, segment } = units[unit].containing(at) ?? { index: at };
    const letters = /[\p{L}\p{N}\p{M}\p{Pc}]{2}/u.test(text.slice(at - 1, at + 1));
    const inside = letters || unit !== "word" || text.codePointAt(at) > 0xffff;
    return index < at && inside ? index + (atEnd && segment.length) : at;
  };
  return { start: grow(start, 0), end: grow(end, 1) };
}

export function unitAt(at, unit) {
  const found = units[unit].containing(at);
  return found && trimmed(found.index, found.index + found.segment.length);
}

export function step(from, direction, unit, end = 0) {
  const back = direction < 0;
  let found = units[unit].containing(from - back);
  while (found) {
    const { index, segment, isWordLike } = found;
    const stop = index + (end && segment.length);
    if ((stop - from) * direction > 0 && (isWordLike ?? !SPACE.test(segment[0]))) return stop;
    found = units[unit].containing(back ? index - 1 : index + segment.length);
  }
  return from;
}

export const show = (anchor, focus = anchor) =>
  getSelection().setBaseAndExtent(...placeOf(anchor, anchor > focus), ...placeOf(focus, focus > anchor));

export const unselect = () => getSelection()[focused() ? "collapseToEnd" : "removeAllRanges"]();

export const snaps = () => localStorage.snap !== "off";

export function snap() {
  const found = snaps() && extent();
  if (!found) return;
  const { start, end } = grown(found, "word");
  const [anchor, focus] = ends();
  show(...(anchor < focus ? [start, end] : [end, start]));
}

export function keep() {
  const { anchorNode, focusNode } = getSelection();
  const old = inText() && ends();
  return () => old && !(anchorNode.isConnected && focusNode.isConnected) && show(...old);
}

const bar = $("#labels");
let held; // the extent as a finger came down on the bar

export function takeExtent() {
  const found = extent() || held;
  held = null;
  return found;
}

const settle = framed(() => {
  const found = extent();
  bar.classList.toggle("near", found);
  if (!found) return;
  const { height, width } = bar.getBoundingClientRect();
  const { top, left } = boxAt(found.start);
  const below = Math.min(boxAt(found.end, true).bottom + 12, innerHeight - height - 12);
  const right = bar.parentElement.getBoundingClientRect().right - width - 8;
  const y = top - height > 70 ? top - height - 10 : below;
  bar.style = `--top: ${y + scrollY}px; --at: ${Math.max(Math.min(left - 12, right), 8)}px`;
});

if (bar) {
  on(document, "selectionchange", settle);
  on(window, "resize", settle);
  on(bar, "pointerdown", () => (held = extent()));
  on(bar, "mousedown", (event) => event.preventDefault()); // the selection stays
}
