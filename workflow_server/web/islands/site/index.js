// What every page has: htmx, and of Tabler the parts that open and close.
import "./site.css";
import "./cases.css";
import "./print.css";
import "../elements.css";
import htmx from "htmx.org/dist/htmx.esm.js";
import * as tabler from "@tabler/core/dist/js/tabler.esm.js";
import "./manners.js";
import "./print.js";

// The page's policy allows no script and no style but its own files.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

// What is no page never becomes a part of one: an answer of the API holds what people typed.
document.addEventListener("htmx:beforeSwap", (event) => {
  const type = event.detail.xhr.getResponseHeader("Content-Type") ?? "";
  if (!type.startsWith("text/html")) event.detail.shouldSwap = false;
});

window.htmx = htmx;
window.tabler = tabler;
