// Keys and buttons to acts; the rows of the "?" dialog bind the keys.

import { $, $$, on } from "./dom.js";

/** `acts[name](key or value, button)`; one that gives false leaves the key to the browser. */
export const acts = Object.fromEntries($$("dialog").map((dialog) => [dialog.id, () => dialog.showModal()]));
acts.help = acts.keys;

const bound = $$("[data-keys]").flatMap(({ dataset: { keys, does }, value }) =>
  keys.split(" ").map((key) => [key, does, value ?? key]));

function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const lower = key.toLowerCase();
  const shift = shiftKey && lower !== key.toUpperCase(); // a sign has its own name under Shift
  return [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shift && "Shift", key[1] ? key : lower].filter(Boolean).join("+");
}

const act = (pressed) => bound.some(([key, name, value]) => key === pressed && acts[name] && acts[name](value) !== false);

on(document, "keydown", (event) => {
  const name = nameOf(event);
  if (event.defaultPrevented || event.isComposing || $("dialog[open]")) return;
  if (event.target.matches("input:not([type=checkbox]), textarea, select")) return name === "Escape" && event.target.blur();
  if (event.repeat && !name.includes("Arrow")) return;
  if ((name === "Enter" || name === " ") && event.target.closest("a, button, summary, input")) return;
  // Some layouts have digits under Shift.
  if (act(name) || (!name[1] && act(/[1-9]$/.exec(event.code)?.[0]))) event.preventDefault();
});

on(document, "click", ({ target }) => {
  const button = target.closest("[data-act]");
  acts[button?.dataset.act]?.(button.value, button);
});
