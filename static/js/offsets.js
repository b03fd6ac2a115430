// Places in the text: scripts count in UTF-16, pages and the server in code points.

import { $$, TOP, article } from "./dom.js";

export const text = article.textContent;
const pairs = [...text.matchAll(/[^\0-\uffff]/gu)].map(({ index }) => index);
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

export function indexUnder(x, y) {
  const { offsetNode, offset } = document.caretPositionFromPoint(x, y) ?? {};
  if (article.contains(offsetNode)) return indexAt(offsetNode, offset);
}

export function firstSeen() {
  const { left, top } = article.getBoundingClientRect();
  return indexUnder(left + 8, Math.max(top, TOP) + 8) ?? 0;
}

// `end`: behind the letter before, not before the next.
export function placeOf(index, end) {
  const number = Math.max(starts.findLastIndex((start) => start < index + !end), 0);
  const walker = document.createTreeWalker(article.children[number], NodeFilter.SHOW_TEXT);
  let left = index - starts[number];
  while (walker.nextNode()) {
    const { length } = walker.currentNode;
    if (left < length + !!end) return [walker.currentNode, left];
    left -= length;
  }
  return [walker.currentNode, walker.currentNode.length];
}

export const rangeOf = ({ start, end }) => ranged(placeOf(start), placeOf(end, true));

export function boxAt(index, end) {
  const box = ranged(placeOf(index, end)).getBoundingClientRect();
  const next = !end && rangeOf({ start: index, end: index + 1 }).getClientRects()[0];
  return next && next.top > box.top + box.height / 2 ? next : box; // a broken line: where it goes on
}
