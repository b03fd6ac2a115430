// Moving an end of the chosen span by keys: seen at once, saved as one step when the keys rest.

import { $, paint, selected } from "./dom.js";
import { quoteOf, rangeOf } from "./offsets.js";
import { step } from "./select.js";
import { send, withVersion } from "./send.js";
import { chosenId, extentOf, itemOf, onChoose } from "./marks.js";

const REST_MS = 450;
let draft = null; // {id, start, end, clear, timer}

/** Saves a move that waits for its keys to rest. */
export function flush() {
  if (!draft) return;
  const { id, start, end, clear, timer } = draft;
  draft = null;
  clearTimeout(timer);
  const old = itemOf(id) && extentOf(id);
  if (!old || (old.start === start && old.end === end)) return clear();
  const quote = quoteOf($("#article"), { start, end });
  send(`/spans/${id}`, () => withVersion(id, Object.entries({ start, end, quote }))).then(clear);
}

/** The extent with one end a step further, as the key says; the same when it would be empty. */
export function moved(article, { start, end }, key) {
  const forward = key.endsWith("Right") === (getComputedStyle(rangeOf(article, { start, end }).startContainer.parentElement).direction === "ltr");
  const atStart = key.includes("Alt");
  const next = step(article, atStart ? start : end, forward ? 1 : -1, key.includes("Ctrl") ? "word" : "character", !atStart);
  const made = atStart ? { start: next, end } : { start, end: next };
  return made.start < made.end ? made : { start, end };
}

/** Moves an end of the chosen span, or of the selection while something is selected. */
export function edge(key) {
  const id = chosenId();
  if (selected() || !id) return extend(key);
  if (!$("#labels")) return false;
  const article = $("#article");
  const made = moved(article, draft ?? extentOf(id), key);
  if (draft) draft.clear(clearTimeout(draft.timer));
  draft = { id, ...made, clear: paint("draft", rangeOf(article, made)), timer: setTimeout(flush, REST_MS) };
}

export function extend(key) {
  if (!getSelection().rangeCount) return false;
  getSelection().modify("extend", key.endsWith("Right") ? "right" : "left", key.includes("Ctrl") ? "word" : "character");
}

onChoose((id) => draft && draft.id !== id && flush());
