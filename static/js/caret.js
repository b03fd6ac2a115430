// Moving by keys and hand: the caret in the text while it has the focus, and the ends of the chosen span.
// An end's move is seen at once, and saved as one step when the keys rest or the hand lets go.

import { $, $$, article, on, paint, reveal, selected, work } from "./dom.js";
import { chosenId, extentOf, itemOf, onChoose } from "./marks.js";
import { boxAt, indexUnder, placeOf, rangeOf, sent, text } from "./offsets.js";
import { anchorIndex, caretIndex, extent, focused, grown, inText, show, snaps, step, unitAt } from "./select.js";
import { queued, send } from "./send.js";

const REST_MS = 450;
const LINES = { ArrowUp: "line", ArrowDown: "line", Home: "lineboundary", End: "lineboundary" };
const bar = $("#caret");
const handles = $$(".handle"); // at the start, at the end

function direction(key, index) { // lines may run either way
  return key.endsWith("Right") === (getComputedStyle(placeOf(index)[0].parentElement).direction === "ltr") ? 1 : -1;
}

export function move(key) {
  if (!inText()) return false;
  const [anchor, at] = [anchorIndex(), caretIndex()];
  const has = (name) => key.includes(name);
  const ahead = has("Down") || has("End");
  const line = LINES[key.split("+").at(-1)];
  let to;
  if (has("Alt")) to = step(at, direction(key, at), "sentence");
  else if (has("Ctrl") && line) to = ahead ? text.length : 0;
  else {
    const way = line ? (ahead ? "forward" : "backward") : has("Left") ? "left" : "right";
    getSelection().modify(has("Shift") ? "extend" : "move", way, line ?? (has("Ctrl") ? "word" : "character"));
    if (!inText()) to = at;
  }
  if (to !== undefined) show(has("Shift") ? anchor : to, to);
  reveal(boxAt(caretIndex()));
  const said = extent() || unitAt(caretIndex(), has("Alt") ? "sentence" : "word");
  if (bar && said) $("#heard").textContent = text.slice(said.start, said.end);
}

export const caret = (key) => focused() && move(key);

function put(part, box) {
  part.hidden = !box;
  if (box) Object.assign(part.style, { left: `${box.left + scrollX}px`, top: `${box.top + scrollY}px`, height: `${box.height}px` });
}

let frame = 0;

function draw() {
  cancelAnimationFrame(frame);
  frame = requestAnimationFrame(() => { // all is measured before anything is put, else each would lay the page out anew
    const extent = chosenId() && handles.length && extentNow(chosenId());
    const at = bar && focused() && inText() && boxAt(caretIndex());
    const ends = extent ? [boxAt(extent.start), boxAt(extent.end, true)] : [];
    if (bar) put(bar, at);
    handles.forEach((handle, i) => put(handle, ends[i]));
  });
}

on(article, "focus", () => setTimeout(() => { // a press of the mouse sets the caret itself
  const { left, top } = article.getBoundingClientRect();
  if (!inText()) show(indexUnder(left + 8, Math.max(top, 80) + 8) ?? 0);
  draw();
}));
on(article, "blur", draw);
on(document, "selectionchange", () => focused() && draw());
new ResizeObserver(draw).observe(article);

let draft = null; // {id, start, end, clear}
let timer = 0;
const extentNow = (id) => draft ?? queued(id) ?? extentOf(id);

export function flush() {
  if (!draft) return;
  const { id, start, end, clear } = draft;
  draft = null;
  clear();
  clearTimeout(timer);
  const old = itemOf(id) && extentNow(id);
  if (old && (old.start !== start || old.end !== end)) send(`/spans/${id}`, sent({ start, end }), id);
}

function redraft(id, extent) {
  draft?.clear();
  clearTimeout(timer);
  draft = { ...extent, id, clear: paint("draft", rangeOf(extent)) };
  draw();
}

export function moved({ start, end }, key) {
  const [at, name] = key.includes("Alt") ? [start, "start"] : [end, "end"];
  const next = step(at, direction(key, start), key.includes("Ctrl") ? "word" : "character", name === "end");
  const made = { start, end, [name]: next };
  return made.start < made.end ? made : { start, end };
}

export function edge(key) {
  const id = chosenId();
  if (selected() || !id) return move(key);
  if (!$("#labels")) return false;
  redraft(id, moved(extentNow(id), key));
  timer = setTimeout(flush, REST_MS);
}

handles.forEach((handle, atEnd) => {
  let grip; // from the pointer to the middle of the edge
  on(handle, "pointerdown", (event) => {
    event.preventDefault();
    const { left, top, height } = handle.getBoundingClientRect();
    grip = [left - event.clientX, top + height / 2 - event.clientY];
    handle.setPointerCapture(event.pointerId);
    work.classList.add("dragging"); // what floats over the text lets the pointer through
  });
  on(handle, "pointermove", ({ pointerId, clientX, clientY }) => {
    if (!handle.hasPointerCapture(pointerId)) return;
    const made = { ...extentNow(chosenId()), [atEnd ? "end" : "start"]: indexUnder(clientX + grip[0], clientY + grip[1]) };
    if (made.start < made.end) redraft(chosenId(), grown(made, snaps() ? "word" : "character"));
  });
  on(handle, "lostpointercapture", () => {
    work.classList.remove("dragging");
    flush();
  });
});

onChoose((id) => {
  if (draft?.id !== id) flush();
  draw();
});
