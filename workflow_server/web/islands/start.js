// Start islands: in the page as it came, and in whatever htmx puts there later.
import { ask } from "./asking.js";

const starts = new Map();
const running = new WeakMap();

function found(name, root) {
  const selector = `[data-island="${name}"]`;
  return [...(root.matches?.(selector) ? [root] : []), ...root.querySelectorAll(selector)];
}

async function begin(name, element) {
  if (running.has(element)) return;
  running.set(element, null);
  element.setAttribute("aria-busy", "true");
  try {
    const stop = await starts.get(name)(element);
    // Taken away while it was starting: then its end was called before there was one.
    if (!element.isConnected || !running.has(element)) return void stop?.();
    running.set(element, stop);
    element.dataset.ready = "true";
    element.dispatchEvent(new CustomEvent("island:ready", { bubbles: true }));
  } catch (error) {
    console.error(`island ${name}`, error);
    element.dataset.failed = "true";
    element.dispatchEvent(new CustomEvent("island:failed", { bubbles: true, detail: { error } }));
  } finally {
    element.removeAttribute("aria-busy");
  }
}

// `start` gets the element; the function that it may return is called when htmx takes the element away.
export function island(name, start) {
  starts.set(name, start);
  found(name, document).forEach((element) => begin(name, element));
}

document.addEventListener("htmx:load", ({ detail }) => {
  starts.forEach((_start, name) => found(name, detail.elt).forEach((element) => begin(name, element)));
});

document.addEventListener("htmx:beforeCleanupElement", ({ detail }) => {
  running.get(detail.elt)?.();
  running.delete(detail.elt);
});

// What a page says to its island: the JSON block inside of it, or what its data-source answers.
export async function parameters(element) {
  const block = element.querySelector('script[type="application/json"]');
  if (block) return JSON.parse(block.textContent);
  return element.dataset.source ? (await load(element.dataset.source)).json() : {};
}

export const load = (url) => ask("GET", url);

// An island draws into a box of its own, so that what the page put beside it stays.
export function box(element) {
  const inner = document.createElement("div");
  inner.className = "island-box";
  element.append(inner);
  return inner;
}
