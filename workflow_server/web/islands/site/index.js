// What every page has: htmx, and of Tabler the parts that open and close.
import "./site.css";
import "./cases.css";
import "./print.css";
import htmx from "htmx.org/dist/htmx.esm.js";
import * as tabler from "@tabler/core/dist/js/tabler.esm.js";
import "./manners.js";
import "./print.js";

// The page's policy allows no script and no style but its own files.
htmx.config.allowEval = false;
htmx.config.includeIndicatorStyles = false;
htmx.config.selfRequestsOnly = true;

window.htmx = htmx;
window.tabler = tabler;
