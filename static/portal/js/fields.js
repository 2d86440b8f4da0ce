// A wrong value is told at its field once that field was left. The server says what
// is wrong in #wrong; the field itself is never replaced.
import { $, $$, say } from "./basics.js";

const kept = $("form [name=left]");
const left = new Set(kept?.value.split(" ").filter(Boolean));

// Before htmx hears of the change and sends the form.
document.addEventListener("change", (event) => {
  const field = event.target;
  if (!kept || field.form !== kept.form || field.type === "file") return;
  left.add(field.name);
  kept.value = [...left].join(" ");
}, true);

function mark(control, hint, told) {
  if (told && !control.matches("fieldset")) control.setAttribute("aria-invalid", "true");
  else control.removeAttribute("aria-invalid");
  const ids = [hint, told].filter(Boolean).map((element) => element.id).join(" ");
  if (ids) control.setAttribute("aria-describedby", ids);
  else control.removeAttribute("aria-describedby");
}

function tell(name) {
  const field = document.getElementById(`field-${name}`);
  if (!field) return;
  const told = $(`#wrong [data-field="${name}"] .err`);
  const before = $(".err", field);
  if (told?.textContent === before?.textContent) return;
  before?.remove();
  field.classList.toggle("bad", Boolean(told));
  if (told) {
    $(":scope > :is(.q, .radios, .check, input, select, textarea)", field).before(told);
    say(told.textContent);
  }
  const marked = field.matches("fieldset") ? [field] : $$(`[name="${name}"]`, field);
  for (const control of marked) mark(control, $(".hint", field), told);
}

document.addEventListener("htmx:oobAfterSwap", (event) => {
  if (event.target.id === "wrong") left.forEach(tell);
});
