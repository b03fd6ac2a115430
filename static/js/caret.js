// Moving by keys and hand: the caret in the text while it has the focus, and the ends of the chosen span.
// An end's move is seen at once, and saved as one step when the keys rest or the hand lets go.

import { $, $$, article, framed, on, paint, reveal, selected, work } from "./dom.js";
import { chosenId, itemOf } from "./marks.js";
import { boxAt, extentIn, firstSeen, indexUnder, placeOf, rangeOf, sent, text } from "./offsets.js";
import { caretIndex, ends, extent, focused, grown, inText, show, snaps, step, unitAt } from "./select.js";
import { queued, send } from "./send.js";

const REST_MS = 450;
const floats = $$("#caret, .handle"); // the handles stand at the start and at the end
let draft = null; // {id, start, end, clear}
let timer = 0;

function direction(key, index) { // lines may run either way
  return key.endsWith("Right") === (getComputedStyle(placeOf(index)[0].parentElement).direction === "ltr") ? 1 : -1;
}

export function move(key) {
  if (!inText()) return false;
  const has = (name) => key.includes(name);
  const [anchor, at] = ends();
  const ahead = has("Down") || has("End");
  const line = !has("Arrow") ? "lineboundary" : has("Up") || has("Down") ? "line" : "";
  let to;
  if (has("Alt")) to = step(at, direction(key, at), "sentence");
  else if (has("Ctrl") && line) to = ahead ? text.length : 0;
  else {
    const way = line ? (ahead ? "forward" : "backward") : has("Left") ? "left" : "right";
    getSelection().modify(has("Shift") ? "extend" : "move", way, line || (has("Ctrl") ? "word" : "character"));
    if (!inText()) to = at;
  }
  if (to !== undefined) show(has("Shift") ? anchor : to, to);
  reveal(boxAt(caretIndex()));
  const said = extent() || unitAt(caretIndex(), has("Alt") ? "sentence" : "word");
  if (said) $("#heard")?.replaceChildren(text.slice(said.start, said.end));
}

const draw = framed(() => { // all is measured before anything is put, else each would lay the page out anew
  const boxes = [focused() && inText() && boxAt(caretIndex())];
  if (chosenId()) {
    const { start, end } = extentNow(chosenId());
    boxes.push(boxAt(start), boxAt(end, true));
  }
  floats.forEach((part, i) => {
    const box = boxes[i];
    part.hidden = !box;
    if (box) part.style = `left: ${box.left + scrollX}px; top: ${box.top + scrollY}px; height: ${box.height}px`;
  });
});

on(article, "focus", () => setTimeout(() => { // a press of the mouse sets the caret itself
  if (!inText()) show(firstSeen());
  draw();
}));
on(article, "blur", draw);
on(document, "selectionchange", () => focused() && draw());
new ResizeObserver(draw).observe(article);

const extentNow = (id) => draft ?? queued(id) ?? extentIn(itemOf(id).dataset);

export function flush() {
  if (!draft) return;
  const { id, start, end, clear } = draft;
  draft = null;
  clear();
  const old = itemOf(id) && extentNow(id);
  if (old && (old.start !== start || old.end !== end)) send(`/spans/${id}`, sent({ start, end }), id);
}

function redraft(extent) {
  draft?.clear();
  clearTimeout(timer);
  draft = { ...extent, id: chosenId(), clear: paint("draft", rangeOf(extent)) };
  draw();
}

export function moved({ start, end }, key) {
  const [at, name] = key.includes("Alt") ? [start, "start"] : [end, "end"];
  const next = step(at, direction(key, start), key.includes("Ctrl") ? "word" : "grapheme", name === "end");
  const made = { start, end, [name]: next };
  return made.start < made.end ? made : { start, end };
}

export function edge(key) {
  if (selected() || !chosenId()) return move(key);
  if (!$("#labels")) return false;
  redraft(moved(extentNow(chosenId()), key));
  timer = setTimeout(flush, REST_MS);
}

floats.slice(1).forEach((handle, atEnd) => {
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
    if (made.start < made.end) redraft(grown(made, snaps() ? "word" : "grapheme"));
  });
  on(handle, "lostpointercapture", () => {
    work.classList.remove("dragging");
    flush();
  });
});

on(work, "choose", () => {
  if (draft?.id !== chosenId()) flush();
  draw();
});
