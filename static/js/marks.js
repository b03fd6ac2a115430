// The chosen span: in the text and in the list, each pointing at the other.

import { $, $$, on, reveal, wide, work } from "./dom.js";

let chosen = "";
let pointed = "";
const tools = $("#tools"); // relabel, relate, delete: one for all items, shown in the chosen one

export const chosenId = () => chosen;
export const itemOf = (id) => document.getElementById(`span-${id}`);
export const marksOf = (id) => $$(`#article mark[data-spans~="${id}"]`);

function turn(id, name, on = true) {
  for (const part of [...marksOf(id), itemOf(id)]) part?.classList.toggle(name, on);
}

/** `where` it is scrolled to: "text", "list" or "both". #work hears "choose". */
export function choose(id, where) {
  for (const old of $$(".chosen, .linked")) {
    old.classList.remove("chosen", "linked");
    $(".head", old)?.setAttribute("aria-expanded", false);
  }
  const item = itemOf(id);
  chosen = item ? id : "";
  if (item) {
    turn(id, "chosen");
    $(".head", item).ariaExpanded = true;
    furnish(item);
    const sources = $$(`#spans > [data-links~="${id}"]`).map(({ dataset }) => dataset.span);
    for (const other of [...sources, ...item.dataset.links.split(" ")]) turn(other, "linked");
    const [mark] = marksOf(id);
    if (mark && /text|both/.test(where)) reveal(mark.getBoundingClientRect());
    if (wide() && /list|both/.test(where)) item.scrollIntoView({ block: "nearest" });
  }
  $("#labels")?.classList.toggle("armed", item);
  work.dispatchEvent(new Event("choose"));
}

function furnish(item) {
  if (tools.parentElement !== item) item.append(tools);
  const { name, values = "{}" } = item.dataset;
  const texts = JSON.parse(values);
  for (const field of $$("[name]", tools)) field.value = texts[field.name] ?? "";
  $("#links").replaceChildren($("template", item)?.content.cloneNode(true) ?? "");
  for (const part of $$("[data-for]", tools)) part.hidden = !part.dataset.for.split(" ").includes(name);
  for (const button of $$(".relabel button", tools)) button.ariaPressed = button.value === name;
}

/** The spans at a part of the text, shortest first. */
export function idsAt(part) {
  const length = (id) => itemOf(id).dataset.to - itemOf(id).dataset.from;
  return part?.closest("#article mark")?.dataset.spans.split(" ").sort((a, b) => length(a) - length(b)) ?? [];
}

export function neighbour(direction, from = chosen, fits = () => true) {
  const ids = $$("#spans > li").map(({ dataset }) => dataset.span).filter((id) => id === from || fits(id));
  const seen = from || idsAt($$("#article mark").find((mark) => mark.getBoundingClientRect().top > 60))[0];
  const at = ids.indexOf(seen) + direction - (!from && direction > 0);
  return ids.at(Math.max(at, -1) % ids.length) ?? "";
}

if (tools) on(work, "mouseover focusin", ({ target }) => {
  const id = idsAt(target)[0] ?? target.closest("[data-span]")?.dataset.span ?? "";
  if (id === pointed) return;
  turn(pointed, "hover", false);
  turn((pointed = id), "hover");
});
