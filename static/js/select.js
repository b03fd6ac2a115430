// From what is selected on the page to an extent {start, end} of the article, and where a span may end.

import { blockAt, count, endOf, offsetOf, placeOf, startOf, utf16 } from "./offsets.js";

const by = (granularity) => new Intl.Segmenter(undefined, { granularity });
const graphemes = by("grapheme");
const words = by("word");
const SPACE = /[^\S\ufeff]/; // what is white space to the server too
const INSIDE = /[\p{L}\p{N}\p{M}\p{Pc}]{2}/u;

/** The selection, trimmed and on whole characters; null when none of it is in the article. */
export function extent(article) {
  const selection = getSelection();
  if (selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0).cloneRange();
  if (!range.intersectsNode(article)) return null;
  if (!article.contains(range.startContainer)) range.setStart(article, 0);
  if (!article.contains(range.endContainer)) range.setEnd(article, article.childNodes.length);
  const text = range.toString();
  let from = 0;
  let to = text.length;
  while (from < to && SPACE.test(text[from])) from++;
  while (to > from && SPACE.test(text[to - 1])) to--;
  if (from === to) return null;
  const first = offsetOf(article, range.startContainer, range.startOffset);
  return grown(article, { start: first + count(text.slice(0, from)), end: first + count(text.slice(0, to)) }, graphemes);
}

/** The extent grown to whole segments, by words only where an end stands between two letters or digits. */
function grown(article, { start, end }, segmenter) {
  const grow = (offset, atEnd) => {
    const block = article.children[blockAt(article, offset, atEnd)];
    if (!block || offset >= endOf(block)) return offset;
    const text = block.textContent;
    const at = utf16(text, offset - startOf(block));
    const { index, segment } = segmenter.segment(text).containing(at);
    if (index === at || (segmenter === words && !INSIDE.test(text.slice(at - 1, at + 1)) && text.codePointAt(at) < 0x10000)) return offset;
    return atEnd ? offset + count(text.slice(at, index + segment.length)) : offset - count(text.slice(index, at));
  };
  return { start: grow(start, false), end: grow(end, true) };
}

const show = (article, anchor, focus) =>
  getSelection().setBaseAndExtent(...placeOf(article, anchor, anchor > focus), ...placeOf(article, focus, focus > anchor));

/** Grows the selection to whole words, keeping its direction, so that it is seen before it is saved. */
export function snap(article) {
  const found = extent(article);
  if (!found) return;
  const { start, end } = grown(article, found, words);
  if (getSelection().direction === "backward") show(article, end, start);
  else show(article, start, end);
}

/** What puts the present selection back, after blocks were swapped under it. */
export function keep(article) {
  const { isCollapsed, anchorNode, anchorOffset, focusNode, focusOffset } = getSelection();
  if (isCollapsed || !article?.contains(anchorNode) || !article.contains(focusNode)) return () => {};
  const anchor = offsetOf(article, anchorNode, anchorOffset);
  const focus = offsetOf(article, focusNode, focusOffset);
  return () => (anchorNode.isConnected && focusNode.isConnected) || show(article, anchor, focus);
}

/** Where an end of a span may stand in a block, ascending: by "character" or "word". */
function stops(block, unit, end) {
  const found = [];
  let at = startOf(block);
  for (const { segment, isWordLike } of (unit === "word" ? words : graphemes).segment(block.textContent)) {
    const next = at + count(segment);
    if (unit === "word" ? isWordLike : !SPACE.test(segment)) found.push(end ? next : at);
    at = next;
  }
  return found;
}

/** The next place for an end of a span from `offset`, forward (1) or back (-1); the same where there is none. */
export function step(article, offset, direction, unit, end) {
  for (let i = blockAt(article, offset, end); article.children[i]; i += direction) {
    const places = stops(article.children[i], unit, end);
    const next = direction > 0 ? places.find((place) => place > offset) : places.findLast((place) => place < offset);
    if (next !== undefined) return next;
  }
  return offset;
}
