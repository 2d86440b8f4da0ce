// What a page asks for by itself and does not get is said where the answer would have
// stood, and asked again. htmx reports here; what has no htmx uses ask() and post().
import { $, $$, say, toast, words } from "./basics.js";

const SECONDS = [3, 6, 12, 30];
const SHORT_MS = 5000;
// A picture that is asked for all the time may miss two answers before anybody hears.
const MISSES_OF_A_SHORT_ONE = 3;
const failures = new Map();

const WHY = {
  403: "whyRefused", 429: "whyAway", 502: "whyAway", 503: "whyAway", 504: "whyAway",
};

const logInOf = (header) => {
  const url = header("HX-Redirect") ?? "";
  return url.startsWith($("#words").dataset.logInUrl) ? url : "";
};

function reasonOf(status, header) {
  if (logInOf(header)) return "whyOut";
  if (header("Portal-Away")) return "whyDatabase";
  return WHY[status] ?? (status < 500 ? "whyNot" : "whyFault");
}

const every = (asker) => /every (\d+)ms/.exec(asker.getAttribute("hx-trigger") ?? "")?.[1];
const repeats = (asker) => asker.matches("[hx-trigger*=every]");
const saves = (asker) => asker.matches("[hx-post][hx-trigger]");
const goesByItself = (asker) => repeats(asker) || saves(asker);
const limitOf = (asker) => (every(asker) < SHORT_MS ? MISSES_OF_A_SHORT_ONE : 1);

// Named and not held: the answer to a save replaces the element.
function placeOf(asker, target) {
  if (saves(asker)) return "#saved";
  if (asker.matches("[data-poll]") && $("main [data-lost]")) return "main [data-lost]";
  if (target.hidden) return "main";
  return target.id ? `#${target.id}` : target;
}

const elementAt = (place) => (typeof place === "string" ? $(place) : place);

function noteAt(place) {
  const element = elementAt(place);
  if (!element || element.matches("[data-lost]")) return element;
  const note = document.createElement("p");
  note.className = "failed";
  note.dataset.tone = "red";
  note.append(document.createElement("b"));
  if (element.matches("main")) element.prepend(note);
  else element.before(note);
  return note;
}

function linkTo(failure) {
  const link = document.createElement("a");
  link.href = failure.logIn;
  link.target = "_blank";
  link.textContent = words("logIn");
  return link;
}

// What helps: waiting, or for a refusal that stays the same the page as it is now.
function nextOf({ asker, why }) {
  if (why === "whyNot") return ` ${words("reload")}.`;
  return asker && why !== "whyOut" ? ` ${words("again")}.` : "";
}

function show(failure) {
  const element = elementAt(failure.place);
  failure.note ??= noteAt(failure.place);
  if (!failure.note) return;
  if (failure.place === "#saved" && element) element.hidden = true;
  const sentence = `${words(failure.what)}, ${words(failure.why)}.`;
  const next = nextOf(failure);
  const text = $("b", failure.note);
  if (text.textContent === sentence + next) return;
  text.textContent = sentence + next;
  if (failure.logIn) text.append(" ", linkTo(failure));
  failure.note.hidden = false;
  // The place may have been scrolled away; losing words must be seen at once.
  if (failure.what === "notSaved" && failure.misses === 1) toast(sentence + next);
  else say(sentence + next);
}

function clear(place) {
  const failure = failures.get(place);
  if (!failure) return;
  failures.delete(place);
  clearTimeout(failure.timer);
  if (failure.note?.matches("[data-lost]")) failure.note.hidden = true;
  else failure.note?.remove();
  if (place === "#saved" && $(place)) $(place).hidden = false;
}

// Who logged in again has another token; the forms of this page hold the old one.
async function renewToken() {
  const answer = await fetch(location.href);
  const page = new DOMParser().parseFromString(await answer.text(), "text/html");
  const token = $("[name=csrfmiddlewaretoken]", page)?.value;
  if (!token) return;
  for (const field of $$("[name=csrfmiddlewaretoken]")) field.value = token;
}

async function again(failure) {
  clearTimeout(failure.timer);
  const { asker, verb, path, why } = failure;
  if (!asker?.isConnected) return;
  if (verb === "post" && ["whyOut", "whyRefused"].includes(why)) {
    await renewToken().catch(() => {});
  }
  // The listeners below say another failure.
  htmx.ajax(verb, path, { source: asker }).catch(() => {});
}

function fail(place, found) {
  const before = failures.get(place);
  clearTimeout(before?.timer);
  const failure = { ...before, place, logIn: "", ...found, misses: (before?.misses ?? 0) + 1 };
  failures.set(place, failure);
  const { asker, misses } = failure;
  if (!asker || misses >= limitOf(asker)) show(failure);
  if (!asker || repeats(asker) || ["whyOut", "whyNot"].includes(failure.why)) return;
  const seconds = SECONDS[Math.min(misses, SECONDS.length) - 1];
  failure.timer = setTimeout(() => again(failure), seconds * 1000);
}

function failOf({ requestConfig: { elt, verb, path }, target }, why, logIn = "") {
  const what = saves(elt) ? "notSaved" : verb === "get" ? "notRefreshed" : "notDone";
  // What somebody sent with a button is for them to send again.
  const asker = verb === "get" || saves(elt) ? elt : null;
  fail(placeOf(elt, target), { what, why, logIn, asker, verb, path });
}

const placeIn = ({ requestConfig, target }) => placeOf(requestConfig.elt, target);

document.addEventListener("htmx:sendError", ({ detail }) => failOf(detail, "whyOffline"));
document.addEventListener("htmx:timeout", ({ detail }) => failOf(detail, "whyOffline"));

document.addEventListener("htmx:responseError", ({ detail }) => {
  const header = (name) => detail.xhr.getResponseHeader(name);
  // A refusal that says where it belongs is shown there.
  if (header("HX-Retarget")) clear(placeIn(detail));
  else failOf(detail, reasonOf(detail.xhr.status, header));
});

// Nobody is taken to the log-in by a request they did not make: it would lose their words.
document.addEventListener("htmx:beforeOnLoad", (event) => {
  const logIn = logInOf((name) => event.detail.xhr.getResponseHeader(name));
  if (!logIn || !goesByItself(event.detail.requestConfig.elt)) return;
  event.preventDefault();
  failOf(event.detail, "whyOut", logIn);
});

document.addEventListener("htmx:afterRequest", ({ detail }) => {
  if (detail.successful) clear(placeIn(detail));
});

function retryAll() {
  for (const failure of [...failures.values()]) again(failure);
}

// Back from another tab somebody may be logged in again.
window.addEventListener("online", retryAll);
window.addEventListener("focus", retryAll);

async function answerTo(url, options) {
  const answer = await fetch(url, options).catch(() => null);
  if (!answer) return { why: "whyOffline" };
  const header = (name) => answer.headers.get(name);
  if (answer.ok && !logInOf(header)) return { answer };
  return { why: reasonOf(answer.status, header) };
}

// The text of a page's part, or "" with the reason shown before `place`.
export async function ask(url, place) {
  const { answer, why } = await answerTo(url, { headers: { "HX-Request": "true" } });
  if (answer) clear(place);
  else fail(place, { what: "notRefreshed", why });
  return answer ? answer.text() : "";
}

export async function post(url, fields) {
  const token = $("[name=csrfmiddlewaretoken]").value;
  const { why } = await answerTo(url, {
    method: "POST",
    headers: { "X-CSRFToken": token, "HX-Request": "true" },
    body: new URLSearchParams(fields),
  });
  if (why) toast(`${words("notSaved")}, ${words(why)}.`);
}
