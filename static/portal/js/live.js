// A run that is watched: [data-poll] asks, leaf parts come back out of band.
// requests.js says what does not come back.
import { $, $$, say, words } from "./basics.js";

let seen = Date.now();
let quarter = 0;

// After a swap the asking element is gone, and htmx reports on its parent.
const isPoll = (event) =>
  (event.detail.requestConfig?.elt ?? event.detail.elt)?.matches?.("[data-poll]");

// A list that renews itself takes no row away from under a finger or a cursor.
const isRead = () =>
  $("#rows [data-cur], dialog[open]") ||
  document.activeElement?.closest("#rows, #above, .mainnav, .tabbar");

document.addEventListener("htmx:beforeRequest", (event) => {
  if (!event.detail.elt.matches("[data-refresh]")) return;
  if (document.hidden || isRead()) event.preventDefault();
});

// What is paused or hidden is the picture, never the run.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (!isPoll(event)) return;
  const paused = $("[data-live]")?.hasAttribute("data-paused");
  if (paused || document.hidden) event.preventDefault();
});

document.addEventListener("htmx:afterRequest", (event) => {
  if (!isPoll(event) || !event.detail.successful) return;
  seen = Date.now();
});

// Speak at every quarter, never at every line.
function speakProgress() {
  const bar = $("[data-progress]");
  if (!bar) return;
  const now = Math.floor(bar.value / 25) * 25;
  if (now > quarter) say(`${now}%`);
  quarter = now;
}

document.addEventListener("htmx:oobAfterSwap", speakProgress);

document.addEventListener("click", (event) => {
  const button = event.target.closest("[data-pause]");
  if (!button) return;
  const paused = $("[data-live]").toggleAttribute("data-paused");
  button.setAttribute("aria-pressed", paused);
});

setInterval(() => {
  for (const age of $$("[data-live] [data-age]")) {
    const seconds = Math.round((Date.now() - seen) / 1000);
    age.textContent = words("age", seconds);
  }
}, 1000);
