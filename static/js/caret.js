// Moving by keys and hand: the caret in the text, and the ends of the chosen span.

import { $, $$, article, framed, on, paint, reveal, selected, work } from "./dom.js";
import { chosen, itemOf } from "./marks.js";
import { boxAt, extentIn, firstSeen, indexUnder, placeOf, rangeOf, sent, text } from "./offsets.js";
import { caretIndex, ends, extent, focused, grown, inText, show, snaps, step, unitAt } from "./select.js";
import { queued, send } from "./send.js";

const floats = $$("#caret, .handle");
let draft, timer;

const direction = (key, index) =>
  key.endsWith("Right") === placeOf(index)[0].parentElement.matches(":dir(ltr)") ? 1 : -1;

export function move(key) {
  if (!inText()) return false;
  const has = (name) => key.includes(name);
  const [anchor, at] = ends();
  const go = (to) => show(has("Shift") ? anchor : to, to);
  const way = /Down|End/.test(key) ? "forward" : /Up|Home/.test(key) ? "backward" : has("Left") ? "left" : "right";
  const line = has("Arrow") ? way.endsWith("ward") && "line" : "lineboundary";
  if (has("Alt")) go(step(at, direction(key, at), "sentence"));
  else if (has("Ctrl") && line) go(way === "forward" ? text.length : 0);
  else getSelection().modify(has("Shift") ? "extend" : "move", way, line || (has("Ctrl") ? "word" : "character"));
  if (!inText()) go(at);
  reveal(boxAt(caretIndex()));
  const { start, end } = extent() || unitAt(caretIndex(), has("Alt") ? "sentence" : "word") || {};
  if (end) $("#heard")?.replaceChildren(text.slice(start, end));
}

const draw = framed(() => { // measures before it puts: one layout
  if (focused() && !inText() && !selected()) show(firstSeen());
  const boxes = [focused() && inText() && boxAt(caretIndex())];
  if (chosen) {
    const { start, end } = extentNow(chosen);
    boxes.push(boxAt(start), boxAt(end, true));
  }
  floats.forEach((part, i) => {
    const { left, top, height } = boxes[i] || {};
    part.hidden = !height;
    part.style = `left: ${left + scrollX}px; top: ${top + scrollY}px; height: ${height}px`;
  });
});

on(document, "selectionchange focusin focusout", draw);
new ResizeObserver(draw).observe(article);

const extentNow = (id) => draft ?? queued(id) ?? extentIn(itemOf(id).dataset);

export function flush() {
  if (!draft) return;
  const { id, start, end, clear } = draft;
  draft = null;
  clear();
  if (!itemOf(id)) return;
  const old = extentNow(id);
  if (old.start !== start || old.end !== end) send(`/spans/${id}`, sent({ start, end }), id);
}

function redraft(extent) {
  draft?.clear();
  clearTimeout(timer);
  draft = { ...extent, id: chosen, clear: paint("draft", rangeOf(extent)) };
  draw();
}

function put(extent, name, index) {
  const made = { ...extent, [name]: index };
  return made.start < made.end ? made : extent;
}

export function moved(extent, key) {
  const name = key.includes("Alt") ? "start" : "end";
  const unit = key.includes("Ctrl") ? "word" : "grapheme";
  return put(extent, name, step(extent[name], direction(key, extent.start), unit, name === "end"));
}

export function edge(key) {
  if (selected() || !chosen) return move(key);
  if (!$("#labels")) return false;
  redraft(moved(extentNow(chosen), key));
  timer = setTimeout(flush, 450); // one step once the keys rest
}

$$(".handle").forEach((handle, atEnd) => {
  let grip; // the pointer, from the middle of the edge
  on(handle, "pointerdown", (event) => {
    event.preventDefault();
    grip = [event.offsetX, event.offsetY - handle.clientHeight / 2];
    handle.setPointerCapture(event.pointerId);
    work.classList.add("dragging"); // the pointer goes through what floats
  });
  on(handle, "pointermove", ({ clientX, clientY }) => {
    if (!grip) return;
    const made = put(extentNow(chosen), atEnd ? "end" : "start", indexUnder(clientX - grip[0], clientY - grip[1]));
    redraft(grown(made, snaps() ? "word" : "grapheme"));
  });
  on(handle, "lostpointercapture", () => {
    grip = null;
    work.classList.remove("dragging");
    flush();
  });
});

on(work, "choose", () => {
  if (draft?.id !== chosen) flush();
  draw();
});
