// Small things every page has: opening, closing, copying, speaking.
export const $ = (selector, root = document) => root.querySelector(selector);
export const $$ = (selector, root = document) => [...root.querySelectorAll(selector)];

// The sentences come with the page, in its language.
export const words = (key, n = "") => $("#words").dataset[key].replace("{n}", n);

export function say(sentence) {
  const live = $("#live");
  const text = sentence.replace(/\s+/g, " ").trim();
  if (text && live.textContent !== text) live.textContent = text;
}

export function toast(text) {
  const note = document.createElement("div");
  note.className = "toast";
  note.textContent = text;
  $("#toasts").append(note);
  say(text);
  setTimeout(() => note.remove(), 4000);
}

export function openDialog(id) {
  const dialog = document.getElementById(id);
  if (!dialog) return false;
  dialog.showModal();
  dialog.dispatchEvent(new CustomEvent("portal:open"));
  return true;
}

async function copy(button) {
  await navigator.clipboard.writeText(button.dataset.copy);
  toast(words("copied"));
}

function showPassword(button) {
  const input = document.getElementById(button.dataset.showPassword);
  const show = input.type === "password";
  input.type = show ? "text" : "password";
  button.setAttribute("aria-pressed", show);
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-open]");
  if (opener && openDialog(opener.dataset.open)) event.preventDefault();
  event.target.closest("[data-close]")?.closest("dialog").close();
  if (event.target.matches("dialog")) event.target.close();
  const copier = event.target.closest("[data-copy]");
  if (copier) copy(copier);
  const more = event.target.closest("[data-more-filters]");
  if (more) more.setAttribute("aria-expanded", more.getAttribute("aria-expanded") !== "true");
  const shower = event.target.closest("[data-show-password]");
  if (shower) showPassword(shower);
  for (const menu of $$("details[data-menu][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});

document.addEventListener("keydown", (event) => {
  const menu = event.key === "Escape" && $("details[data-menu][open]");
  if (!menu) return;
  menu.open = false;
  $("summary", menu).focus();
});

// Buttons that do nothing without this script appear with it.
function reveal(root) {
  for (const element of $$("[data-needs-script]", root)) element.hidden = false;
}

reveal(document);

// A refusal that says where it belongs is shown there; any other only counts as missed.
document.addEventListener("htmx:beforeSwap", (event) => {
  if (!event.detail.xhr.getResponseHeader("HX-Retarget")) return;
  event.detail.shouldSwap = true;
  event.detail.isError = false;
});
document.addEventListener("htmx:load", (event) => reveal(event.target));

function isInSight(element) {
  const { top, bottom } = element.getBoundingClientRect();
  return top >= $(".bar").offsetHeight && bottom <= innerHeight;
}

document.addEventListener("htmx:afterSettle", (event) => {
  const marked = $("[data-say]", event.target.parentElement ?? document);
  if (!marked) return;
  // What arrives above or below the window is shown where somebody is typing.
  const isNew = event.target.contains(marked) && marked.matches("[data-toast]");
  if (isNew && !isInSight(marked)) toast(marked.textContent);
  else say(marked.textContent);
});
