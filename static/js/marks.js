// The chosen span: in the text and in the list, each pointing at the other.

import { $, $$, reveal, wide, work } from "./dom.js";

export let chosen = "";
const tools = $("#tools");

export const itemOf = (id) => document.getElementById(`span-${id}`);
export const marksOf = (id) => $$(`#article mark[data-spans~="${id}"]`);

export function flag(name, ids) {
  for (const old of $$(`.${name}`)) old.classList.remove(name);
  for (const part of ids.flatMap((id) => [...marksOf(id), itemOf(id)])) part?.classList.add(name);
}

export function choose(id, where) {
  const item = itemOf(id);
  const sources = $$(`#spans > [data-links~="${id}"]`).map(({ dataset }) => dataset.span);
  chosen = item ? id : "";
  $(".chosen .head")?.setAttribute("aria-expanded", false);
  flag("chosen", [id]);
  flag("linked", [...sources, ...(item?.dataset.links.split(" ") ?? [])]);
  if (tools) tools.hidden = !item;
  if (item) {
    furnish(item);
    if (/text|both/.test(where)) reveal(marksOf(id)[0].getBoundingClientRect());
    if (wide() && /list|both/.test(where)) item.scrollIntoView({ block: "nearest" });
  }
  $("#labels")?.classList.toggle("armed", item);
  work.dispatchEvent(new Event("choose"));
}

function furnish(item) {
  if (tools.parentElement !== item) item.append(tools);
  $(".head", item).ariaExpanded = true;
  const { name, values = "{}" } = item.dataset;
  const texts = JSON.parse(values);
  for (const field of $$("[name]", tools)) field.value = texts[field.name] ?? "";
  $("#links").replaceChildren($("template", item)?.content.cloneNode(true) ?? "");
  for (const part of $$("[data-for]", tools)) part.hidden = !part.matches(`[data-for~="${name}"]`);
  for (const button of $$(".relabel button", tools)) button.ariaPressed = button.value === name;
}

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
