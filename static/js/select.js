// What is selected, as an extent {start, end}; where an end of one may stand; and the bar of labels, which follows it.

import { $, article, framed, on, selected } from "./dom.js";
import { boxAt, indexAt, placeOf, text } from "./offsets.js";

const units = {};
for (const granularity of ["grapheme", "word", "sentence"]) {
  units[granularity] = new Intl.Segmenter(undefined, { granularity }).segment(text);
}
const SPACE = /[^\S\ufeff]/; // what is white space to the server too
const INSIDE = /[\p{L}\p{N}\p{M}\p{Pc}]{2}/u;

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

/** The extent grown to whole units; to words only where an end stands between two letters or digits. */
export function grown({ start, end }, unit) {
  const grow = (at, atEnd) => {
    const { index, segment } = units[unit].containing(at) ?? { index: at };
    const inside = unit !== "word" || text.codePointAt(at) > 0xffff || INSIDE.test(text.slice(at - 1, at + 1));
    return index < at && inside ? index + (atEnd && segment.length) : at;
  };
  return { start: grow(start, 0), end: grow(end, 1) };
}

export function unitAt(at, unit) {
  const found = units[unit].containing(at);
  return found && trimmed(found.index, found.index + found.segment.length);
}

/** The next start (or `end`) of a unit, 1 forward or -1 back; the same where there is none. */
export function step(from, direction, unit, end) {
  let at = from;
  let found;
  while ((found = units[unit].containing(at - (direction < 0)))) {
    const { index, segment, isWordLike } = found;
    const stop = index + (end ? segment.length : 0);
    if ((stop - from) * direction > 0 && (isWordLike ?? !SPACE.test(segment[0]))) return stop;
    at = direction < 0 ? index : index + segment.length;
  }
  return from;
}

export const show = (anchor, focus = anchor) =>
  getSelection().setBaseAndExtent(...placeOf(anchor, anchor > focus), ...placeOf(focus, focus > anchor));

/** Selects nothing; while the text has the focus the caret goes on from there. */
export const unselect = () => (focused() ? getSelection().collapseToEnd() : getSelection().removeAllRanges());

export const snaps = () => localStorage.snap !== "off";

export function snap() {
  const found = snaps() && extent();
  if (!found) return;
  const { start, end } = grown(found, "word");
  const [anchor, focus] = ends();
  show(...(anchor < focus ? [start, end] : [end, start]));
}

/** What puts the selection or the caret back, after blocks were swapped under it. */
export function keep() {
  const { anchorNode, focusNode } = getSelection();
  if (!inText() || !(selected() || focused())) return () => {};
  const old = ends();
  return () => (anchorNode.isConnected && focusNode.isConnected) || show(...old);
}

const bar = $("#labels");
let held; // the extent when a finger came down on the bar

export function takeExtent() {
  const found = extent() || held;
  held = null;
  return found;
}

const settle = framed(() => {
  const found = extent();
  bar.classList.toggle("near", found);
  if (!found) return;
  const { offsetHeight: height, offsetWidth: width } = bar;
  const { top, left } = boxAt(found.start);
  const below = Math.min(boxAt(found.end, true).bottom + 12, innerHeight - height - 12);
  const right = bar.parentElement.getBoundingClientRect().right - width - 8;
  bar.style.setProperty("--top", `${(top - height > 70 ? top - height - 10 : below) + scrollY}px`);
  bar.style.setProperty("--at", `${Math.max(Math.min(left - 12, right), 8)}px`);
});

if (bar) {
  on(document, "selectionchange", settle);
  on(window, "resize", settle);
  on(bar, "pointerdown", () => { held = extent(); });
  on(bar, "mousedown", (event) => event.preventDefault()); // the selection stays
}
