// Places in the text. Scripts count in UTF-16 as `text` does, pages and the server in code points: this file converts.

import { $$, TOP, article } from "./dom.js";

export const text = article.textContent;
const pairs = [...text.matchAll(/[\u{10000}-\u{10ffff}]/gu)].map(({ index }) => index);
export const indexOf = (point) => pairs.reduce((at, pair) => at + (pair < at), +point);
export const pointOf = (index) => index - pairs.filter((pair) => pair < index).length;
export const extentIn = ({ from, to }) => ({ start: indexOf(from), end: indexOf(to) });
export const sent = ({ start, end }) => ({ start: pointOf(start), end: pointOf(end), quote: text.slice(start, end) });
const starts = $$("#article > *").map(({ dataset }) => indexOf(dataset.start));

function ranged(start, end = start) {
  const range = new Range();
  range.setStart(...start);
  range.setEnd(...end);
  return range;
}

export const indexAt = (...place) => Math.min(`${ranged([article, 0], place)}`.length, text.length);

/** The index under a point of the window; undefined where there is no text. */
export function indexUnder(x, y) {
  const at = document.caretPositionFromPoint?.(x, y) ?? document.caretRangeFromPoint(x, y);
  const node = at?.offsetNode ?? at?.startContainer;
  if (article.contains(node)) return indexAt(node, at.offset ?? at.startOffset);
}

/** The index of the first letter that is seen. */
export function firstSeen() {
  const { left, top } = article.getBoundingClientRect();
  return indexUnder(left + 8, Math.max(top, TOP) + 8) ?? 0;
}

/** The DOM place of an index; `end` prefers the text before it to the text behind it. */
export function placeOf(index, end) {
  const number = Math.max(starts.findLastIndex((start) => start < index + !end), 0);
  const walker = document.createTreeWalker(article.children[number] ?? article, NodeFilter.SHOW_TEXT);
  let left = index - (starts[number] ?? 0);
  while (walker.nextNode()) {
    const { length } = walker.currentNode;
    if (left < length + !!end) return [walker.currentNode, left];
    left -= length;
  }
  return [walker.currentNode, walker.currentNode.length ?? 0];
}

export const rangeOf = ({ start, end }) => ranged(placeOf(start), placeOf(end, true));

export function boxAt(index, end) {
  const box = ranged(placeOf(index, end)).getBoundingClientRect();
  const next = !end && rangeOf({ start: index, end: index + 1 }).getClientRects()[0];
  return next && next.top > box.top + box.height / 2 ? next : box; // a broken line: where it goes on
}
