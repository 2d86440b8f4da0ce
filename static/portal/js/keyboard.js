// Single letters for those who want them; Ctrl K for everybody.
import { $, $$, openDialog } from "./basics.js";
import { post } from "./requests.js";

const root = document.documentElement;
let goesTo = false;

const off = () => root.dataset.keys === "off";
const typing = (target) =>
  target.closest("input:not([type=checkbox]), select, textarea, [contenteditable], dialog[open]");
const rows = () => $$("[data-row]");
const current = () => rows().findIndex((row) => row.hasAttribute("data-cur"));

function moveTo(index) {
  const all = rows();
  if (!all.length) return;
  const row = all[Math.max(0, Math.min(all.length - 1, index))];
  for (const other of all) other.toggleAttribute("data-cur", other === row);
  $(".rowlink", row)?.focus({ preventScroll: true });
  row.scrollIntoView({ block: "nearest" });
}

// In a split view the neighbour is opened, not only reached.
function step(by) {
  const links = $$("[data-split] .rowlink");
  if (!links.length) return moveTo(current() + by);
  const at = links.findIndex((link) => link.hasAttribute("aria-current"));
  const next = links[Math.max(0, Math.min(links.length - 1, at + by))];
  if (next && next !== links[at]) next.click();
}

function search(event) {
  const field = $("#q");
  if (!field) return;
  event.preventDefault();
  field.focus();
  field.select();
}

function follow(selector) {
  const link = $(selector);
  if (link) location.href = link.href ?? link.dataset.href;
}

const keys = {
  n: () => follow("#palette-new"),
  "/": search,
  j: () => step(1),
  k: () => step(-1),
  a: () => $("#approval")?.focus(),
  "?": () => openDialog("shortcuts"),
  g: () => { goesTo = true; },
};

document.addEventListener("keydown", (event) => {
  if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k") {
    if (openDialog("palette")) event.preventDefault();
    return;
  }
  if (off() || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (goesTo) {
    goesTo = false;
    return follow(`[data-letter="${CSS.escape(event.key)}"]`);
  }
  keys[event.key]?.(event);
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-keys-switch]")) return;
  const on = event.target.checked;
  root.dataset.keys = on ? "on" : "off";
  post(event.target.dataset.url, { single_letter_keys: on ? "on" : "off" });
});
