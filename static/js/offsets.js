// Places in the text: DOM node and UTF-16 index on one side, code points of the article on the other.
// Only this file converts. Every element child of #article is a block with data-start and data-end.

export const startOf = (block) => +block.dataset.start;
export const endOf = (block) => +block.dataset.end;

/** How many code points a string has; a surrogate pair counts once. */
export function count(text) {
  let points = 0;
  for (let i = 0; i < text.length; i++, points++) if (text.codePointAt(i) > 0xffff) i++;
  return points;
}

/** The UTF-16 index of the code point numbered `points`. */
export function utf16(text, points) {
  let i = 0;
  for (; points > 0 && i < text.length; points--) i += text.codePointAt(i) > 0xffff ? 2 : 1;
  return i;
}

/** The offset in the article of a DOM place inside it: in a block, or in what stands between two. */
export function offsetOf(article, node, index) {
  const range = document.createRange();
  const block = (node.nodeType === 1 ? node : node.parentElement).closest("[data-start]");
  let base = 0;
  if (block) {
    range.setStart(block, 0);
    base = startOf(block);
  } else {
    let before = node === article ? article.childNodes[index - 1] : node.previousSibling;
    while (before && !before.dataset) before = before.previousSibling;
    if (before) range.setStartAfter(before);
    else range.setStart(article, 0);
    base = before ? endOf(before) : 0;
  }
  range.setEnd(node, index);
  return base + count(range.toString());
}

/** The number of the last block that starts at `offset` or before it (`end`: before it); 0 where there is none. */
export function blockAt(article, offset, end) {
  let low = 0;
  for (let high = article.children.length - 1; low < high; ) {
    const middle = (low + high + 1) >> 1;
    if (startOf(article.children[middle]) < offset + !end) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** The DOM place [node, index] of an offset; `end` prefers the text before it to the text behind it. */
export function placeOf(article, offset, end) {
  const block = article.children[blockAt(article, offset, end)];
  const walker = document.createTreeWalker(block, NodeFilter.SHOW_TEXT);
  let left = Math.min(offset, endOf(block)) - startOf(block);
  let node = null;
  while (walker.nextNode()) {
    node = walker.currentNode;
    const points = count(node.data);
    if (left < points + !!end) return [node, utf16(node.data, left)];
    left -= points;
  }
  return node ? [node, node.length] : [block, 0];
}

/** The DOM range of an extent; its text is what the server is to find there. */
export function rangeOf(article, { start, end }) {
  const range = document.createRange();
  range.setStart(...placeOf(article, start));
  range.setEnd(...placeOf(article, end, true));
  return range;
}

export const quoteOf = (article, extent) => rangeOf(article, extent).toString();
