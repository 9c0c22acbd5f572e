// Small pieces of page: elements, questions, notices, downloads.
import { say } from "./texts.js";

export function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  Object.entries(attributes).forEach(([name, value]) => {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  });
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

export function download(name, content, type) {
  const url = URL.createObjectURL(content instanceof Blob ? content : new Blob([content], { type }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

// Ask for one of several ways; the answer is its key. Escape changes nothing, so it is asked again.
export function choose(title, text, ways) {
  return new Promise((resolve) => {
    const dialog = make("dialog", { class: "modeler-dialog", "aria-label": title }, make("h2", {}, title), make("p", {}, text));
    const answer = (key) => { dialog.close(); dialog.remove(); resolve(key); };
    dialog.append(make("div", { class: "modeler-ways" }, ...ways.map(([key, label], index) => make("button",
      { type: "button", class: index ? "btn" : "btn btn-primary", "data-way": key, onclick: () => answer(key) }, label))));
    dialog.addEventListener("cancel", (event) => event.preventDefault());
    document.body.append(dialog);
    dialog.showModal();
  });
}

export function showHelp() {
  const rows = say("keys").map(([keys, does]) => make("tr", {}, make("td", {}, make("kbd", {}, keys)), make("td", {}, does)));
  const dialog = make("dialog", { class: "modeler-dialog", "aria-label": say("help") }, make("h2", {}, say("help")),
    make("table", {}, make("thead", {}, make("tr", {}, make("th", {}, say("shortcut")), make("th", {}, say("does")))), make("tbody", {}, ...rows)));
  dialog.append(make("button", { type: "button", class: "btn btn-primary", onclick: () => dialog.close() }, say("close")));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

// A line above the canvas; it stays until it is closed or replaced.
export function notices(place) {
  return (text, { isBad = false, action = null } = {}) => {
    place.replaceChildren(make("div", { class: `modeler-notice${isBad ? " is-bad" : ""}`, role: isBad ? "alert" : "status" },
      make("span", {}, text), action && make("button", { type: "button", class: "btn btn-sm", onclick: () => { place.replaceChildren(); action.run(); } }, action.label),
      make("button", { type: "button", class: "btn-close", "aria-label": say("close"), onclick: () => place.replaceChildren() })));
  };
}

// The whole diagram, beside the palette and not behind it.
export function fit(canvas) {
  const { inner, outer } = canvas.viewbox(), palette = 130, rim = 30;
  if (!inner.width || !inner.height || !outer.width) return;
  const scale = Math.min((outer.width - palette - rim) / inner.width, (outer.height - 2 * rim) / inner.height, 1);
  const width = outer.width / scale, height = outer.height / scale;
  canvas.viewbox({ x: inner.x - palette / scale, y: inner.y - (height - inner.height) / 2, width, height });
}

export const AROUND = { top: 60, right: 60, bottom: 60, left: 150 };
