// Keys and buttons to acts. The table of keys is the "?" dialog: each row has data-keys and data-does.

import { $, $$, on } from "./dom.js";

/** `acts[name](key or button's value, button)`: modules add theirs; one that gives false leaves the key to the browser. */
export const acts = Object.fromEntries($$("dialog").map((dialog) => [dialog.id, () => dialog.showModal()]));
acts.help = acts.keys;

const WRITTEN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";
const bound = [
  ...$$("#labels [data-key]").map(({ dataset, value }) => [dataset.key, "label", value]),
  ...$$("#keys [data-keys]").flatMap(({ dataset: { keys, does } }) => keys.split(" ").map((key) => [key, does, key])),
];

function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const lower = key.toLowerCase();
  const shift = shiftKey && lower !== key.toUpperCase(); // a sign has its own name under Shift
  return [(ctrlKey || metaKey) && "Ctrl", altKey && "Alt", shift && "Shift", key[1] ? key : lower].filter(Boolean).join("+");
}

const act = (pressed) =>
  bound.some(([key, name, value]) => key === pressed && acts[name] && acts[name](value) !== false);

on(document, "keydown", (event) => {
  const name = nameOf(event);
  if (event.defaultPrevented || event.isComposing || $("dialog[open]")) return;
  if (event.target.matches(WRITTEN)) return name === "Escape" && event.target.blur();
  if (event.repeat && !name.includes("Arrow")) return;
  if ((name === "Enter" || name === " ") && event.target.closest("a, button, summary, input")) return;
  const digit = /[1-9]$/.exec(event.code)?.[0]; // some layouts have digits under Shift
  if (act(name) || (!name[1] && act(digit))) event.preventDefault();
});

on(document, "click", ({ target }) => {
  const button = target.closest("[data-act]");
  acts[button?.dataset.act]?.(button.value, button);
});
