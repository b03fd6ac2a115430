// Keys and buttons to acts. The table of keys is the "?" dialog: each row has data-keys and data-does.

import { $, $$, on } from "./dom.js";

/** `acts[name](key or button)`: any module adds its own; one that gives false leaves the key to the browser. */
export const acts = { help: () => $("#keys").showModal() };

const WRITTEN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const labels = new Map($$("#labels [data-key]").map(({ dataset }) => [dataset.key, dataset.label]));
const table = new Map($$("#keys [data-keys]").flatMap(({ dataset: { keys, does } }) => keys.split(" ").map((key) => [key, does])));

function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  const last = key.length === 1 ? key.toLowerCase() : key;
  return [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shiftKey && !sign && "Shift", last].filter(Boolean).join("+");
}

function act(key) {
  if (labels.has(key) && acts.label(labels.get(key)) !== false) return true;
  return table.get(key) in acts && acts[table.get(key)](key) !== false;
}

on(document, "keydown", (event) => {
  const name = nameOf(event);
  if (event.defaultPrevented || event.isComposing || $("dialog[open]")) return;
  if (event.target.matches(WRITTEN)) return name === "Escape" && event.target.blur();
  if (event.repeat && !name.includes("Arrow")) return;
  if ((name === "Enter" || name === " ") && event.target.closest("a, button, summary, input")) return;
  const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code); // some layouts have digits under Shift
  if (act(name) || (digit && name.length === 1 && act(digit[1]))) event.preventDefault();
});

on(document, "click", ({ target }) => {
  const button = target.closest("[data-act], [data-label]");
  if (button?.dataset.label) acts.label(button.dataset.label);
  else acts[button?.dataset.act]?.(button);
});
