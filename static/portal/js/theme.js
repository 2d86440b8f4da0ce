// Light or dark at once; the server hears of it and keeps it.
import { $ } from "./basics.js";
import { post } from "./requests.js";

function isDark() {
  const chosen = document.documentElement.dataset.theme;
  if (chosen) return chosen === "dark";
  return matchMedia("(prefers-color-scheme: dark)").matches;
}

function toggle() {
  const theme = isDark() ? "light" : "dark";
  document.documentElement.dataset.theme = theme;
  const form = $("[data-theme-form]");
  $("button", form).value = isDark() ? "light" : "dark";
  post(form.action, { theme });
}

document.addEventListener("submit", (event) => {
  if (!event.target.matches("[data-theme-form]")) return;
  event.preventDefault();
  toggle();
});

document.addEventListener("click", (event) => {
  const option = event.target.closest("[data-theme-toggle]");
  if (!option) return;
  option.closest("dialog")?.close();
  toggle();
});
