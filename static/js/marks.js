// The chosen span: picked in the text or in the list, each pointing at the other.

import { $, $$, reveal, selected, wide } from "./dom.js";

let chosen = "";
let pointed = "";
let tools = null; // relabel, relate, delete: one for all items
const listeners = [];

export const chosenId = () => chosen;
export const onChoose = (act) => listeners.push(act);
export const itemOf = (id) => id && document.getElementById(`span-${id}`);
export const extentOf = (id) => ({ start: +itemOf(id).dataset.from, end: +itemOf(id).dataset.to });
const marksOf = (id) => (id ? $$(`#article mark[data-spans~="${id}"]`) : []);

function turn(id, name, on) {
  for (const part of [...marksOf(id), itemOf(id)]) if (part) part.classList.toggle(name, on);
}

/** Chooses a span ("" for none) and brings it in view in the "text", the "list" or "both". */
export function choose(id, where = "") {
  for (const old of $$(".chosen")) old.classList.remove("chosen");
  if (chosen !== id && itemOf(chosen)) $("details", itemOf(chosen)).open = false;
  chosen = itemOf(id) ? id : "";
  turn(chosen, "chosen", true);
  if (chosen) {
    $("details", itemOf(id)).open = true;
    place(id, itemOf(id).dataset.name);
    if (where === "text" || where === "both") reveal(marksOf(id)[0]?.getBoundingClientRect());
    if (where && where !== "text" && wide()) itemOf(id).scrollIntoView({ block: "nearest" });
  }
  $("#labels")?.classList.toggle("armed", !!chosen);
  for (const act of listeners) act(chosen);
}

/** Brings the item's fields to life and adds the tools, as far as they suit its label. */
function place(id, label) {
  const fields = $("template", itemOf(id));
  fields?.replaceWith(fields.content);
  if (!tools) return;
  $(".edit", itemOf(id)).append(tools);
  tools.hidden = false;
  for (const part of $$("[data-for]", tools)) part.hidden = !part.dataset.for.split(" ").includes(label);
  for (const button of $$("[value]", tools)) button.ariaPressed = button.value === label;
}

/** The ids at a mark, shortest span first. */
function idsAt(mark) {
  const length = (id) => extentOf(id).end - extentOf(id).start;
  return mark.dataset.spans.split(" ").sort((a, b) => length(a) - length(b));
}

/** The next (1) or previous (-1) span of the list that `fits`, from `from`, else from what is in view. */
export function neighbour(direction, from = chosen, fits = () => true) {
  const items = $$("#spans > li").filter((item) => item.dataset.span === from || fits(item));
  const seen = from || $$("#article mark").find((mark) => mark.getBoundingClientRect().top > 60)?.dataset.spans.split(" ")[0];
  const at = items.findIndex((item) => item.dataset.span === seen) + direction - (!from && direction > 0 ? 1 : 0);
  return items.at(Math.max(at, -1) % items.length)?.dataset.span ?? "";
}

function point({ target }) {
  const mark = target.closest("#article mark");
  const id = mark ? idsAt(mark)[0] : target.closest("[data-span]")?.dataset.span ?? "";
  if (id === pointed) return;
  turn(pointed, "hover", false);
  turn((pointed = id), "hover", true);
}

/** `take(ids)` may use a click on spans for itself by giving true. */
export function initMarks(article, take) {
  tools = $("#tools");
  article.addEventListener("click", ({ target }) => {
    if (selected()) return;
    const mark = target.closest("mark");
    const ids = mark ? idsAt(mark) : [];
    if (!take(ids)) choose(ids[(ids.indexOf(chosen) + 1) % ids.length] ?? "", "list");
  });
  $("#spans").addEventListener("click", (event) => {
    const id = event.target.closest("summary")?.closest("[data-span]").dataset.span;
    if (!id) return;
    event.preventDefault();
    if (!take([id])) choose(id === chosen ? "" : id, "text");
  });
  for (const kind of ["mouseover", "focusin"]) $("#work").addEventListener(kind, point);
}
