// What every module asks of the page: #article stays, only its blocks are swapped.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const article = $("#article");
export const work = $("#work");
export const here = location.pathname;
export const TOP = 80; // what lies higher is under the bars
export const wide = () => matchMedia("(min-width: 47.51rem)").matches;
export const selected = () => !getSelection().isCollapsed;
export const jump = (top) => scrollBy({ top, behavior: "instant" });

export function on(target, kinds, act, options) {
  for (const kind of kinds.split(" ")) target.addEventListener(kind, act, options);
}

/** A function that has `act` run in the next frame, once however often it is called. */
export function framed(act) {
  let frame = 0;
  return () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(act);
  };
}

export function reveal({ top, bottom }) {
  const floor = wide() ? innerHeight - 90 : innerHeight / 2;
  if (top < TOP || bottom > floor) jump(top - floor / 3);
}

/** Paints a range under a highlight's name until the function that it gives is called. */
export function paint(name, range) {
  const sheet = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, sheet.add(range));
  return () => sheet.delete(range);
}

document.documentElement.classList.add("js");
