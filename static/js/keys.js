// Keys and buttons to acts. The table of keys is the "?" dialog: each row has data-keys and data-does.

import { $, $$ } from "./dom.js";

/** `Ctrl+Shift+z`, `?`, `Alt+Shift+ArrowLeft`: Shift is named only where it does not make another sign. */
function nameOf({ key, ctrlKey, metaKey, altKey, shiftKey }) {
  const sign = key.length === 1 && key.toLowerCase() === key.toUpperCase();
  const shift = shiftKey && !sign ? "Shift+" : "";
  return (ctrlKey || metaKey ? "Ctrl+" : "") + (altKey ? "Alt+" : "") + shift + (key.length === 1 ? key.toLowerCase() : key);
}

const WRITTEN = "input:not([type=checkbox], [type=radio]), textarea, select, [contenteditable]";

/** Lets keys and [data-act] buttons run `acts[name](key or button)`; an act that gives false leaves the key to the browser. */
export function initActs(acts) {
  const table = new Map();
  for (const { dataset } of $$("#keys [data-keys]")) for (const key of dataset.keys.split(" ")) table.set(key, dataset.does);
  const labels = new Map($$("#labels [data-key]").map(({ dataset }) => [dataset.key, dataset.label]));
  const act = (key) => {
    if (labels.has(key) && acts.label(labels.get(key)) !== false) return true;
    return table.has(key) && acts[table.get(key)](key) !== false;
  };

  document.addEventListener("keydown", (event) => {
    const name = nameOf(event);
    if (event.defaultPrevented || event.isComposing || $("dialog[open]")) return;
    if (event.target.matches(WRITTEN)) return name === "Escape" && event.target.blur();
    if (event.repeat && !name.includes("Arrow")) return;
    if ((name === "Enter" || name === " ") && event.target.closest("a, button, summary, input")) return;
    const digit = /^(?:Digit|Numpad)([1-9])$/.exec(event.code); // some layouts have digits under Shift
    if (act(name) || (digit && name.length === 1 && act(digit[1]))) event.preventDefault();
  });

  document.addEventListener("click", ({ target }) => {
    const button = target.closest("[data-act], [data-label]");
    if (button?.dataset.label) acts.label(button.dataset.label);
    else acts[button?.dataset.act]?.(button);
  });

  acts.help = () => $("#keys").showModal();
}
