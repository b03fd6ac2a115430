// The page that files are loaded from: how much of them is sent, and what an answer that is no report says.

const bar = document.querySelector("#sent");

document.addEventListener("htmx:xhr:progress", ({ detail: { loaded, total } }) => {
  bar.hidden = false;
  if (loaded < total) Object.assign(bar, { max: total, value: loaded });
  else bar.removeAttribute("value"); // all is sent; now it is read
});
document.addEventListener("htmx:afterRequest", () => { bar.hidden = true; });
document.addEventListener("htmx:responseError", ({ detail: { xhr } }) => {
  document.querySelector("#problem").innerHTML = xhr.response;
});
