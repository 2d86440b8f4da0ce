// Ticking rows: a bar that says how many, and ranges with shift.
import { $, $$, words } from "./basics.js";

const boxes = () => $$("[data-pick]");
let last = null;

function update() {
  const bar = $("[data-bulk]");
  if (!bar) return;
  const all = boxes();
  const on = all.filter((box) => box.checked);
  bar.hidden = !on.length;
  $("[data-bulk-count]", bar).textContent = words("selected", on.length);
  for (const button of $$("[data-bulk-for]", bar)) {
    const fits = on.filter((box) => box.dataset.state === button.dataset.bulkFor).length;
    $("[data-bulk-fits]", button).textContent = `(${fits})`;
  }
  const master = $("[data-pick-all]");
  if (!master) return;
  master.checked = on.length === all.length && all.length > 0;
  master.indeterminate = on.length > 0 && on.length < all.length;
}

function range(from, to) {
  const all = boxes();
  const [start, end] = [all.indexOf(from), all.indexOf(to)].sort((a, b) => a - b);
  for (const box of all.slice(start, end + 1)) box.checked = to.checked;
}

document.addEventListener("click", (event) => {
  if (event.target.matches("[data-pick]")) {
    if (event.shiftKey && last?.isConnected) range(last, event.target);
    last = event.target;
    update();
  }
  if (event.target.closest("[data-bulk-clear]")) {
    for (const box of boxes()) box.checked = false;
    update();
  }
});

document.addEventListener("change", (event) => {
  if (!event.target.matches("[data-pick-all]")) return;
  for (const box of boxes()) box.checked = event.target.checked;
  update();
});

document.addEventListener("htmx:afterSettle", update);
update();
