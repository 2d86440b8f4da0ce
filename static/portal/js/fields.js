// The error of a field is shown at it once that field was left. The server puts the
// errors into #field-errors; the field itself is never replaced.
import { $, $$, say } from "./basics.js";

const leftInput = $("form [name=left]");
const left = new Set(leftInput?.value.split(" ").filter(Boolean));

// Before htmx hears of the change and sends the form.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!leftInput || field.form !== leftInput.form || field.type === "file") return;
  left.add(field.name);
  leftInput.value = [...left].join(" ");
}, true);

function mark(control, hint, error) {
  if (error && !control.matches("fieldset")) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  const ids = [hint, error].filter(Boolean).map((element) => element.id).join(" ");
  if (ids) control.setAttribute("aria-describedby", ids);
  else control.removeAttribute("aria-describedby");
}

function showError(name) {
  const field = document.getElementById(`field-${name}`);
  if (!field) return;
  const error = $(`#field-errors [data-field="${name}"] .err`);
  const before = $(".err", field);
  if (error?.textContent === before?.textContent) return;
  before?.remove();
  field.classList.toggle("bad", Boolean(error));
  if (error) {
    $(":scope > :is(.q, .radios, .check, input, select, textarea)", field).before(error);
    say(error.textContent);
  }
  const marked = field.matches("fieldset") ? [field] : $$(`[name="${name}"]`, field);
  for (const control of marked) mark(control, $(".hint", field), error);
}

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id === "field-errors") left.forEach(showError);
});

// The form saves itself. A button that sends it waits for that, so that it names the
// version that was saved last; otherwise it would seem to come from another tab.
const answers = document.getElementById("answers");
const saver = answers && $("[hx-post]", answers);
const WAIT = 5000;
let saving = 0;
let waiting = null;

// The answer to a save may have replaced the button that was pressed.
function standIn({ name, value }) {
  const field = document.createElement("input");
  Object.assign(field, { type: "hidden", name, value });
  return field;
}

function sendOn() {
  if (!waiting) return;
  const { button, timer } = waiting;
  clearTimeout(timer);
  waiting = "sent";
  if (button && !button.isConnected) answers.append(standIn(button));
  answers.requestSubmit(button?.isConnected ? button : null);
  waiting = null;
}

function countSave(event, step) {
  if (event.detail.elt !== saver) return;
  saving += step;
  // What was queued behind it begins right after it.
  if (!saving) setTimeout(() => saving || sendOn());
}

if (saver) {
  document.addEventListener("htmx:beforeSend", (event) => countSave(event, 1));
  document.addEventListener("htmx:afterRequest", (event) => countSave(event, -1));
  answers.addEventListener("submit", (event) => {
    if (!saving || waiting === "sent") return;
    event.preventDefault();
    waiting = waiting ?? { button: event.submitter, timer: setTimeout(sendOn, WAIT) };
  });
}

// One ticket serves for all where no other is given and none was emptied, and a name
// with its address, as a mail program copies them, fills both fields. Without a script
// the server does the same.
const CONTACT = /^\s*([^<>]+?)\s*<([^<>\s]+@[^<>\s]+)>\s*$/;
const source = answers && $("#id_requester_ticket", answers);
let ticket = source?.value ?? "";
const following = () => $$(`[data-follows="${source?.id}"]`, answers);
const beside = (field) => field.dataset.beside.split(" ");
const emptied = new Set();
if (source) {
  answers.elements.followed.value = "1";
  for (const field of following()) {
    const stands = beside(field).some((name) => answers.elements[name]?.value);
    if (stands && !field.value) emptied.add(field.name);
  }
}

function follow() {
  for (const field of following()) {
    const isOpen = field.value ? field.value === ticket : !emptied.has(field.name);
    if (isOpen) field.value = source.value;
  }
  ticket = source.value;
}

function heed(field) {
  if (!source) return;
  if (field.dataset.follows) emptied[field.value ? "delete" : "add"](field.name);
  const begins = following().some((one) => beside(one).includes(field.name));
  if (field === source || begins) follow();
}

function splitContact(name) {
  const email = document.getElementById(name.id.replace("_name", "_email"));
  const both = CONTACT.exec(name.value);
  if (!both || !email || email.value) return;
  [, name.value, email.value] = both;
}

// Before the form saves itself.
answers?.addEventListener("change", ({ target }) => {
  heed(target);
  if (/^id_(requester|consent)_name$/.test(target.id)) splitContact(target);
}, true);
