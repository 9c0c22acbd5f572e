// Small pieces of the modeler's page: help, notices, the place of the diagram.
import { make } from "../elements.js";
import { say } from "./texts.js";

export function showHelp() {
  const rows = say("keys").map(([keys, does]) => make("tr", {}, make("td", {}, make("kbd", {}, keys)), make("td", {}, does)));
  const dialog = make("dialog", { class: "choice", "aria-label": say("help") }, make("h2", {}, say("help")),
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
