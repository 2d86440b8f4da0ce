// The queue: the chosen line is marked at once, the list itself is never replaced.
import { $$ } from "./basics.js";

document.addEventListener("click", (event) => {
  const chosen = event.target.closest("[data-split] .rowlink");
  if (!chosen) return;
  for (const link of $$("[data-split] .rowlink")) {
    if (link === chosen) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  chosen.scrollIntoView({ block: "nearest" });
});
