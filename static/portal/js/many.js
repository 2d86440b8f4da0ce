// Several requests at once: all are ticked together, and the button counts along.
import { $, $$ } from "./basics.js";

const form = $("[data-many]");
const boxes = () => $$("[name=move]", form);
const seenOf = (box) => $("[data-seen]", box.closest("li"));
const plain = () => boxes().filter((box) => !seenOf(box));

function count() {
  const button = $("[data-count]", form);
  if (!button) return;
  const ticked = boxes().filter((box) => box.checked).length;
  const { none, one, more } = button.dataset;
  button.textContent = [none, one][ticked] ?? more.replace("{n}", ticked);
  const all = $("[data-all]", form);
  if (!all) return;
  all.checked = plain().every((box) => box.checked);
  all.indeterminate = !all.checked && plain().some((box) => box.checked);
}

// A request with warnings goes along only when these were seen.
function ask() {
  for (const box of boxes()) {
    const seen = seenOf(box);
    seen?.setCustomValidity(box.checked && !seen.checked ? seen.dataset.ask : "");
  }
}

form?.addEventListener("change", (event) => {
  if (event.target.matches("[data-all]")) {
    for (const box of plain()) box.checked = event.target.checked;
  }
  count();
  ask();
});

if (form) {
  count();
  ask();
}
