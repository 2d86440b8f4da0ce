// Ctrl K: the pages of the menu at once, everything else by search.
import { $, $$ } from "./basics.js";

const dialog = $("#palette");
if (dialog) {
  const input = $("input", dialog);
  const form = $("form", dialog);
  const options = $$("[role=option]", dialog);
  const searchOption = $("[data-search]", dialog);
  let chosen = 0;

  const visible = () => options.filter((option) => !option.hidden);

  function mark() {
    const shown = visible();
    chosen = Math.max(0, Math.min(chosen, shown.length - 1));
    for (const option of options) option.setAttribute("aria-selected", option === shown[chosen]);
    input.setAttribute("aria-activedescendant", shown[chosen]?.id ?? "");
    shown[chosen]?.scrollIntoView({ block: "nearest" });
  }

  function filter() {
    const text = input.value.trim();
    for (const option of options) {
      option.hidden = !option.textContent.toLowerCase().includes(text.toLowerCase());
    }
    searchOption.hidden = !text;
    $("[data-search-text]", searchOption).textContent = text;
    chosen = 0;
    mark();
  }

  function run(option) {
    if (option === searchOption) form.submit();
    else if (option?.dataset.href) location.href = option.dataset.href;
    else option?.click();
  }

  dialog.addEventListener("portal:open", () => {
    input.value = "";
    filter();
    input.focus();
  });
  input.addEventListener("input", filter);
  input.addEventListener("keydown", (event) => {
    const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (by) {
      event.preventDefault();
      chosen += by;
      mark();
    }
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    run(visible()[chosen]);
  });
  for (const option of options) {
    option.addEventListener("click", () => {
      if (option.dataset.href) run(option);
    });
  }
}
