// The queue of what is saved, kept in the browser until the server has answered.

import { $, $$, here, on, paint, work } from "./dom.js";
import { extentIn, rangeOf } from "./offsets.js";
import { keep } from "./select.js";

const { viewer } = work.dataset;
const place = `unsaved ${here} `;
const shelf = `${place}${encodeURIComponent(viewer)} `;
const kept = Object.keys(localStorage).filter((name) => name.startsWith(place)).sort(); // others' too

// {key, url, body, span}: the version of `span` (or group) is sent along; "@" is the span made last.
export const jobs = kept.filter((name) => name.startsWith(shelf)).map((name) => JSON.parse(localStorage[name]));

const status = $("#status");
const after = [];
let clears = [];
let number = Date.now();
let busy, leaving, made, refused, shown, timer;

export const onAnswer = (act) => after.push(act);
export const token = (root) => $("[name=csrf-token]", root);

export function state(name, words = status.dataset[name]) {
  status.dataset.state = name;
  $(".said", status).textContent = words;
}

function extentOf({ body }) {
  const { start, end, label } = Object.fromEntries(new URLSearchParams(body));
  return start && { ...extentIn({ from: start, to: end }), label };
}

export const queued = (id) => jobs.map((job) => job.span === id && extentOf(job)).findLast(Boolean);

export function send(url, values, span) {
  const body = new URLSearchParams(values);
  body.delete("csrf_token");
  const job = { key: `${number++}-${crypto.getRandomValues(new Uint32Array(4)).join("-")}`, url, body: `${body}`, span };
  jobs.push(job);
  run();
  localStorage[shelf + job.key] = JSON.stringify(job);
}

function drop(count = jobs.length) {
  for (const { key } of jobs.splice(0, count)) delete localStorage[shelf + key];
  repaint();
}

function repaint() {
  for (const clear of clears) clear();
  clears = jobs.map(extentOf).filter(Boolean).map(({ label, ...extent }) =>
    paint(label ? `pending-${label}` : "draft", rangeOf(extent)));
}

async function run() {
  repaint();
  if (busy) return;
  clearTimeout(timer);
  busy = true;
  while (jobs.length && (await attempt(jobs[0]))) drop(1);
  busy = false;
  if (status.dataset.state === "saving") state("saved");
}

async function attempt(job) {
  const id = job.span === "@" ? made : job.span;
  const item = $(`#span-${id}, #group-${id}`);
  if (id && !item) return true;
  if (status.dataset.state !== "waiting") state("saving");
  const body = new URLSearchParams(job.body);
  if (item) body.set("version", item.dataset.version);
  const { content } = token();
  const headers = { "HX-Request": true, "X-CSRF-Token": content, "Idempotency-Key": job.key };
  let answer, html;
  try {
    answer = await fetch(job.url.replace("@", id), { method: "POST", body, headers });
    html = await answer.text();
    if (answer.status === 403) { // signed in anew, perhaps as someone else
      const page = Document.parseHTMLUnsafe(await (await fetch(location)).text());
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
  timer = setTimeout(run, 4000);
}

function refuse(job, html) {
  refused = job;
  say(html);
  state("failed");
  const { stale, version } = $("[data-stale]")?.dataset ?? {};
  if (!stale) return;
  const values = [...new URLSearchParams(job.body)].filter(([name]) => !/start|end/.test(name));
  if (values.length) $("#problem [data-yours]")?.replaceChildren(values.map((pair) => pair.join(": ")).join(", "));
  $(`#span-${stale}, #group-${stale}`)?.setAttribute("data-version", version);
}

function swap(html) {
  say("");
  const restore = keep();
  const { name, value, selectionStart: from, selectionEnd: to } = document.activeElement;
  const holder = document.activeElement.closest("[id]")?.id;
  htmx.swap($("#problem"), html, { swapStyle: "none" });
  status.dataset.state = "saved";
  made = $(".said", status).dataset.chosen ?? "";
  for (const act of after) act(made);
  restore(); // last: it has the page laid out
  const picked = (field) => /checkbox|radio/.test(field.type);
  const fields = document.activeElement === document.body ? $$(`#${holder} [name="${name}"]`) : [];
  const again = fields.find((field) => !picked(field) || field.value === value);
  if (!again) return;
  again.value = value;
  again.focus({ preventScroll: true });
  if (from != null) again.setSelectionRange(from, to);
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
  if (kept.length > jobs.length) say($("#kept-aside").innerHTML);
  run();
}

export const sendActs = {
  close: () => say(""),
  retry: run,
  leaving: () => (leaving = true),
  again: () => send(refused.url, refused.body, refused.span),
  reload: () => {
    drop();
    location.reload();
  },
};

on(window, "online", run);
on(window, "beforeunload", (event) => jobs.length && !leaving && event.preventDefault());
