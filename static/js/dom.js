// Short names for what every module asks of the page.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const wide = () => matchMedia("(min-width: 47.51rem)").matches;
export const selected = () => !getSelection().isCollapsed;

/** Runs an init for the page, and for what htmx puts into it later. */
export function onLoad(init) {
  document.documentElement.classList.add("js");
  init(document);
  document.addEventListener("htmx:load", ({ detail }) => detail.elt !== document.body && init(detail.elt));
}

/** Scrolls so that `box` is seen, and not at all when it is. */
export function reveal(box) {
  const floor = wide() ? innerHeight - 90 : innerHeight / 2;
  if (box && (box.top < 80 || box.bottom > floor)) scrollBy({ top: box.top - floor / 3, behavior: "instant" });
}

/** Paints a range under a highlight's name until the function that it gives is called. */
export function paint(name, range) {
  if (!globalThis.Highlight) return () => {};
  const sheet = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, sheet.add(range));
  return () => sheet.delete(range);
}
