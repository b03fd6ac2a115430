// One queue for everything that is saved: in order, one at a time, "saved" only after the answer.
// With no answer, or no session, the queue waits and keeps what it holds.

import { $ } from "./dom.js";
import { keep } from "./select.js";

const jobs = [];
const after = [];
let busy = false;
let waiting = false;
let timer = 0;
let last = null; // the job that was refused last

/** `act(chosen)` runs after each answer is in place; `chosen` is the span or group to choose, or "". */
export const onAnswer = (act) => after.push(act);

/** The line of the status: saving, saved, waiting or failed, in its own words or in `text`. */
export function state(name, text) {
  const line = $("#status");
  line.dataset.state = name;
  $(".said", line).textContent = text ?? line.dataset[name];
}

/** Posts `values` to `url`, either of them made when its turn comes (null: nothing to send). True once saved. */
export function send(url, values) {
  return new Promise((done) => {
    jobs.push({ url, values, done });
    if (!waiting) run();
  });
}

const now = (value) => (typeof value === "function" ? value() : value);

async function run() {
  if (busy) return;
  busy = true;
  waiting = false;
  clearTimeout(timer);
  while (jobs.length && !waiting) await first();
  busy = false;
  if (!waiting && $("#status").dataset.state === "saving") state("saved");
}

async function first() {
  const job = jobs[0];
  const values = now(job.values);
  if (!values) return settle(false);
  state("saving");
  let answer, body;
  try {
    const headers = { "HX-Request": "true", "X-CSRF-Token": token().content };
    answer = await fetch(now(job.url), { method: "POST", body: new URLSearchParams(values), headers });
    body = await answer.text();
  } catch {
    return wait(4000);
  }
  const away = answer.headers.get("HX-Redirect");
  if (away) {
    jobs.length = 0;
    return location.assign(away);
  }
  if (!answer.ok && !body.includes('data-act="close"')) return wait(0); // not an answer of ours
  if (answer.status === 403 && !job.renewed) { // signed in anew in another tab, perhaps
    job.renewed = true;
    return renew();
  }
  if (answer.status === 401 || answer.status === 503) return wait(answer.status === 503 ? 1500 : 0, body);
  $("#problem").innerHTML = answer.ok ? "" : body;
  if (answer.ok) place(body);
  else refused(job, values);
  settle(answer.ok);
}

function settle(saved) {
  jobs.shift().done(saved);
}

function wait(again, body = $("#no-answer").innerHTML) {
  waiting = true;
  state("waiting");
  $("#problem").innerHTML = body;
  if (again) timer = setTimeout(retry, again);
}

/** Shows what was sent beside what is stored, and lets the next try replace it. */
function refused(job, values) {
  last = job;
  state("failed");
  const stale = $("#problem [data-stale]")?.dataset;
  if (!stale) return;
  const sent = Object.entries(Object.fromEntries(values)).filter(([name]) => !/version|start|end/.test(name));
  if (sent.length) $("#problem [data-yours]").textContent = sent.map(([name, value]) => `${name}: ${value}`).join(", ");
  const item = $(`#span-${stale.stale}`);
  if (item) item.dataset.version = stale.version;
}

const token = () => $('meta[name="csrf-token"]');

/** Takes over the token of the session that there is now. */
async function renew() {
  try {
    const page = new DOMParser().parseFromString(await (await fetch(location.href)).text(), "text/html");
    token().content = $('meta[name="csrf-token"]', page).content;
  } catch { /* still no answer; the next try says so */ }
}

const retry = () => renew().then(run);

/** Puts an answer in place; the selection, and what is being typed, stay as they are. */
function place(html) {
  const restore = keep($("#article"));
  const { name, value, type, selectionStart: from, selectionEnd: to } = document.activeElement;
  const holder = document.activeElement.closest("[data-span], [data-group]")?.id;
  htmx.swap($("#problem"), html, { swapStyle: "none", swapDelay: 0, settleDelay: 0 });
  restore();
  const said = $("#status .said");
  state("saved", said.textContent);
  for (const act of after) act(said.dataset.chosen ?? "");
  const again = holder && name && document.activeElement === document.body &&
    $(`#${holder} [name="${name}"]${type === "checkbox" ? `[value="${value}"]` : ""}`);
  if (!again) return;
  if (type !== "checkbox") again.value = value;
  again.focus({ preventScroll: true });
  if (from != null) again.setSelectionRange(from, to);
}

/** `values` with the version that the span has in the list now; null when it is gone. */
export function withVersion(id, values) {
  const item = $(`#span-${id}`);
  return item && [...values, ["version", item.dataset.version]];
}

/** Lets [data-send] forms go through the queue; `before()` runs first. */
export function initForms(before = () => {}) {
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("[data-send]")) return;
    event.preventDefault();
    before();
    sendForm(event.target, event.submitter);
  });
}

/** Sends a form as it stands, with the button that was pressed. */
export function sendForm(form, button) {
  return send(button?.getAttribute("formaction") ?? form.getAttribute("action"), new FormData(form, button));
}

export const sendActs = {
  close: () => $("#problem").replaceChildren(),
  retry,
  again: () => send(last.url, last.values),
  reload: () => { jobs.length = 0; location.reload(); },
};

addEventListener("online", () => waiting && retry());
addEventListener("beforeunload", (event) => jobs.length && event.preventDefault());
