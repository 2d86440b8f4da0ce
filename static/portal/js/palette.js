// Ctrl K: the pages of the menu at once, moves and administrations as they are found.
import { $, $$ } from "./basics.js";
import { ask } from "./requests.js";

const dialog = $("#palette");
if (dialog) {
  const input = $("input", dialog);
  const list = $("[role=listbox]", dialog);
  const form = $("form", dialog);
  const searchOption = $("[data-search]", dialog);
  let chosen = 0;
  let waiting = 0;

  const options = () => $$("[role=option]", dialog);
  const visible = () => options().filter((option) => !option.hidden);

  function mark() {
    const shown = visible();
    chosen = Math.max(0, Math.min(chosen, shown.length - 1));
    for (const option of options()) option.setAttribute("aria-selected", option === shown[chosen]);
    input.setAttribute("aria-activedescendant", shown[chosen]?.id ?? "");
    shown[chosen]?.scrollIntoView({ block: "nearest" });
  }

  const forget = () => {
    for (const old of $$("[data-found]", dialog)) old.remove();
  };

  function filter() {
    const text = input.value.trim();
    // What was found for other words may not be run by a quick Enter.
    forget();
    for (const option of options()) {
      option.hidden = !option.textContent.toLowerCase().includes(text.toLowerCase());
    }
    searchOption.hidden = !text;
    $("[data-search-text]", searchOption).textContent = text;
    chosen = 0;
    mark();
    clearTimeout(waiting);
    waiting = setTimeout(() => find(text), 200);
  }

  // An answer to what is no longer asked is thrown away.
  async function find(text) {
    const url = `${form.action}?${new URLSearchParams({ q: text })}`;
    const lines = text.length > 1 ? await ask(url, list) : "";
    if (input.value.trim() !== text) return;
    forget();
    searchOption.insertAdjacentHTML("beforebegin", lines);
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
  dialog.addEventListener("click", (event) => {
    const option = event.target.closest("[role=option]");
    if (option?.dataset.href) run(option);
  });
}
