// One queue for all that is saved: in order, one at a time, kept in the browser until the server has answered.

import { $, $$, here, on, paint, work } from "./dom.js";
import { extentIn, rangeOf } from "./offsets.js";
import { keep } from "./select.js";

const RETRY_MS = 4000;
const { viewer } = work.dataset;
const place = `unsaved ${here} `;
const shelf = `${place}${encodeURIComponent(viewer)} `;
const kept = Object.keys(localStorage).filter((name) => name.startsWith(place)).sort();
const mine = kept.filter((name) => name.startsWith(shelf)); // what others left here stays where it is

/** {key, url, body, span}: the version of `span` (or group) is sent along; "@" stands for the span that was made last. */
export const jobs = mine.map((name) => JSON.parse(localStorage[name]));

const after = [];
let clears = [];
let busy = false;
let leaving = false;
let made = "";
let number = 0;
let timer, refused, shown;

/** `act(chosen)` runs after each answer is in place; `chosen` is the span or group to choose, or "". */
export const onAnswer = (act) => after.push(act);
export const token = (root) => $('meta[name="csrf-token"]', root);

export function state(name, words) {
  const { dataset } = $("#status");
  dataset.state = name;
  $("#status .said").textContent = words ?? dataset[name];
}

function extentOf({ body }) {
  const { start, end, label } = Object.fromEntries(new URLSearchParams(body));
  return start && { ...extentIn({ from: start, to: end }), label };
}

export const queued = (id) => jobs.filter(({ span }) => span === id).map(extentOf).findLast(Boolean);

export function send(url, values, span) {
  const body = new URLSearchParams(values);
  body.delete("csrf_token");
  number = Math.max(number + 1, Date.now());
  const job = { key: `${number}-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`, url, body: `${body}`, span };
  jobs.push(job);
  run();
  localStorage[shelf + job.key] = JSON.stringify(job);
}

function drop(count = jobs.length) {
  for (const { key } of jobs.splice(0, count)) delete localStorage[shelf + key];
}

function repaint() {
  for (const clear of clears) clear();
  clears = jobs.map(extentOf).filter(Boolean).map((extent) =>
    paint(extent.label ? `pending-${extent.label}` : "draft", rangeOf(extent)));
}

async function run() {
  repaint();
  if (busy) return;
  clearTimeout(timer);
  busy = true;
  while (jobs.length && (await attempt(jobs[0]))) {
    drop(1);
    repaint();
  }
  busy = false;
  if ($("#status").dataset.state === "saving") state("saved");
}

/** Whether the job is done with: saved, refused, or about a span that is gone. */
async function attempt(job) {
  const id = job.span === "@" ? made : job.span;
  const item = $(`#span-${id}, #group-${id}`);
  if (id && !item) return true;
  if ($("#status").dataset.state !== "waiting") state("saving");
  const body = new URLSearchParams(job.body);
  if (item) body.set("version", item.dataset.version);
  const { content } = token();
  const headers = { "HX-Request": "true", "X-CSRF-Token": content, "Idempotency-Key": job.key };
  let answer, html;
  try {
    answer = await fetch(job.url.replace("@", id), { method: "POST", body, headers });
    html = await answer.text();
    if (answer.status === 403) { // signed in anew, perhaps as someone else
      const page = new DOMParser().parseFromString(await (await fetch(location)).text(), "text/html");
      if ($("#work", page)?.dataset.viewer !== viewer) return wait(html);
      token().content = token(page).content;
      if (token().content !== content) return attempt(job);
    }
  } catch {
    return wait();
  }
  const away = answer.headers.get("HX-Redirect");
  if (away) {
    drop();
    location = away;
  } else if (answer.ok) swap(html);
  else if (answer.status === 401) return wait(html);
  else if (answer.status === 503 || !html.includes('data-act="close"')) return wait(); // not an answer of ours
  else refuse(job, html);
  return true;
}

function say(html) {
  if (html !== shown) $("#problem").innerHTML = shown = html;
}

function wait(html = $("#no-answer").innerHTML) {
  state("waiting");
  say(html);
  timer = setTimeout(run, RETRY_MS);
}

function refuse(job, html) {
  refused = job;
  say(html);
  state("failed");
  const { stale, version } = $("#problem [data-stale]")?.dataset ?? {};
  if (!stale) return;
  const values = [...new URLSearchParams(job.body)].filter(([name]) => !/start|end/.test(name));
  if (values.length) $("#problem [data-yours]")?.replaceChildren(values.map((pair) => pair.join(": ")).join(", "));
  $(`#span-${stale}, #group-${stale}`)?.setAttribute("data-version", version);
}

function swap(html) {
  say("");
  const restore = keep();
  const old = document.activeElement;
  const { name, value, selectionStart, selectionEnd } = old;
  const holder = old.closest("[data-span], [data-group]")?.id;
  htmx.swap($("#problem"), html, { swapStyle: "none" });
  const said = $("#status .said");
  state("saved", said.textContent);
  made = said.dataset.chosen ?? "";
  for (const act of after) act(made);
  restore(); // last: it has the page laid out
  if (document.activeElement !== document.body) return;
  const picked = (field) => /checkbox|radio/.test(field.type);
  const again = $$(`#${holder} [name="${name}"]`).find((field) => !picked(field) || field.value === value);
  if (!again) return;
  again.value = value;
  again.focus({ preventScroll: true });
  if (selectionStart != null) again.setSelectionRange(selectionStart, selectionEnd);
}

export function sendForm(form, button) {
  send(button?.getAttribute("formaction") ?? form.getAttribute("action"), new FormData(form, button), form.dataset.of);
  form.closest("dialog")?.close();
}

export function begin(before) {
  on(document, "submit", (event) => {
    if (!event.target.matches("[data-send]")) return;
    event.preventDefault();
    before?.();
    sendForm(event.target, event.submitter);
  });
  if (kept.length > mine.length) say($("#kept-aside").innerHTML);
  run();
}

export const sendActs = {
  close: () => say(""),
  retry: run,
  leaving: () => { leaving = true; },
  again: () => send(refused.url, refused.body, refused.span),
  reload: () => {
    drop();
    location.reload();
  },
};

on(window, "online", run);
on(window, "beforeunload", (event) => jobs.length && !leaving && event.preventDefault());
