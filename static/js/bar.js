// The bar of labels: at rest at the bottom, at the selection while there is one.

import { $ } from "./dom.js";
import { rangeOf } from "./offsets.js";
import { extent } from "./select.js";

let held = null;

/** The extent to tag: what is selected now, or was when a finger came down on the bar. */
export function takeExtent(article) {
  const found = extent(article) ?? held;
  held = null;
  return found;
}

function settle(bar, article) {
  const found = extent(article);
  bar.classList.toggle("near", !!found);
  const boxes = found ? rangeOf(article, found).getClientRects() : [];
  if (!boxes.length) return;
  const above = boxes[0].top - bar.offsetHeight - 10;
  const below = Math.min(boxes[boxes.length - 1].bottom + 12, innerHeight - bar.offsetHeight - 12);
  const left = Math.min(boxes[0].left - 12, bar.parentElement.getBoundingClientRect().right - bar.offsetWidth - 8);
  bar.style.setProperty("--top", `${(above > 60 ? above : below) + scrollY}px`);
  bar.style.setProperty("--at", `${Math.max(left, 8)}px`);
}

export function initBar(article) {
  const bar = $("#labels");
  if (!bar) return;
  let down = false;
  const later = () => requestAnimationFrame(() => down || settle(bar, article));
  const press = ({ type, target }) => {
    down = type === "pointerdown" && !bar.contains(target);
    if (!down) later();
  };
  for (const kind of ["pointerdown", "pointerup", "pointercancel"]) document.addEventListener(kind, press, true);
  document.addEventListener("selectionchange", later);
  addEventListener("resize", later);
  bar.addEventListener("pointerdown", () => { held = extent(article); });
  bar.addEventListener("mousedown", (event) => event.preventDefault()); // the selection stays
}
