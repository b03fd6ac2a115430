// The chosen span: in the text and in the list, each pointing at the other.

import { $, $$, on, reveal, wide, work } from "./dom.js";
import { extentIn } from "./offsets.js";

let chosen = "";
let pointed = "";
const tools = $("#tools"); // relabel, relate, delete: one for all items
const listeners = [];

export const chosenId = () => chosen;
export const onChoose = (act) => listeners.push(act);
export const itemOf = (id) => document.getElementById(`span-${id}`);
export const extentOf = (id) => extentIn(itemOf(id).dataset);
const marksOf = (id) => $$(`#article mark[data-spans~="${id}"]`);

function turn(id, name, on = true) {
  for (const part of [...marksOf(id), itemOf(id)]) part?.classList.toggle(name, on);
}

export function choose(id, where) {
  for (const old of $$(".chosen, .linked")) old.classList.remove("chosen", "linked");
  const item = itemOf(id);
  if (chosen !== id) $(".head", itemOf(chosen) ?? document)?.setAttribute("aria-expanded", false);
  chosen = item ? id : "";
  if (!item && tools) tools.hidden = true;
  if (item) {
    turn(id, "chosen");
    $(".head", item)?.setAttribute("aria-expanded", true);
    furnish(item);
    const sources = $$(`#spans > [data-links~="${id}"]`).map(({ dataset }) => dataset.span);
    for (const other of [...sources, ...item.dataset.links.split(" ")]) turn(other, "linked");
    if (/text|both/.test(where) && marksOf(id)[0]) reveal(marksOf(id)[0].getBoundingClientRect());
    if (/list|both/.test(where) && wide()) item.scrollIntoView({ block: "nearest" });
  }
  $("#labels")?.classList.toggle("armed", !!item);
  for (const act of listeners) act(chosen);
}

function linkRow(part, at, item) {
  const [id, type] = part.split(":");
  const target = itemOf(item.dataset.links.split(" ")[at]);
  const row = $("#link").content.firstElementChild.cloneNode(true);
  row.firstElementChild.textContent = type.replace("_", " ");
  $(".link", row).classList.add(`label-${target.dataset.name}`);
  $(".target", row).textContent = $(".words", target).textContent;
  $(".target", row).value = target.dataset.span;
  $(".off", row)?.setAttribute("value", id);
  return row;
}

function furnish(item) {
  if (!tools) return;
  if (tools.parentElement !== item) item.append(tools);
  tools.hidden = false;
  const { name, relations, values = "{}" } = item.dataset;
  const texts = JSON.parse(values);
  for (const field of $$("[name]", tools)) field.value = texts[field.name] ?? "";
  for (const row of $$(".link-row", tools)) row.remove();
  $("#link").after(...(relations?.split(" ") ?? []).map((part, at) => linkRow(part, at, item)));
  for (const part of $$("[data-for]", tools)) part.hidden = !part.dataset.for.split(" ").includes(name);
  for (const button of $$("[value]", tools)) button.ariaPressed = button.value === name;
}

export function idsAt(mark) {
  const length = (id) => extentOf(id).end - extentOf(id).start;
  return mark?.dataset.spans.split(" ").sort((a, b) => length(a) - length(b)) ?? [];
}

export function neighbour(direction, from = chosen, fits = () => true) {
  const ids = $$("#spans > li").filter((item) => item.dataset.span === from || fits(item)).map(({ dataset }) => dataset.span);
  const seen = from || idsAt($$("#article mark").find((mark) => mark.getBoundingClientRect().top > 60))[0];
  const at = ids.indexOf(seen) + direction - (!from && direction > 0);
  return ids.at(Math.max(at, -1) % ids.length) ?? "";
}

if ($("#spans")) on(work, "mouseover focusin", ({ target }) => {
  const id = idsAt(target.closest("#article mark"))[0] ?? target.closest("[data-span]")?.dataset.span ?? "";
  if (id === pointed) return;
  turn(pointed, "hover", false);
  turn((pointed = id), "hover");
});
