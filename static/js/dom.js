// What every module asks of the page: #article stays, its blocks are swapped.

export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];
export const article = $("#article");
export const work = $("#work");
export const here = location.pathname;
export const TOP = 80; // what is higher is under the bars
export const wide = () => matchMedia("(min-width: 47.51rem)").matches;
export const selected = () => !getSelection().isCollapsed;
export const jump = (top) => scrollBy({ top, behavior: "instant" });

export function on(target, kinds, act) {
  for (const kind of kinds.split(" ")) target.addEventListener(kind, act);
}

export function framed(act) {
  let frame;
  return () => {
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(act);
  };
}

export function reveal({ top, bottom }) {
  const floor = wide() ? innerHeight - 90 : innerHeight / 2;
  if (top < TOP || bottom > floor) jump(top - floor / 3);
}

export function paint(name, range) {
  const sheet = CSS.highlights.get(name) ?? new Highlight();
  CSS.highlights.set(name, sheet.add(range));
  return () => sheet.delete(range);
}

document.documentElement.classList.add("js");
