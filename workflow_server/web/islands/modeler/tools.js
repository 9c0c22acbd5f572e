// The tool bar: what the keyboard can do as well, and the ways in and out of the diagram.
import { say } from "./texts.js";
import { download, make } from "../elements.js";
import { fit, showHelp } from "./ui.js";

const icon = (name) => {
  const sprite = document.querySelector("[data-island=modeler]")?.dataset.icons;
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("class", "icon");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `${sprite ?? ""}#${name}`);
  svg.append(use);
  return svg;
};

export function toolbar(modeler, place, { check, fileName }) {
  const get = (name) => modeler.get(name);
  const button = (key, symbol, run, more = {}) => make("button", { type: "button", class: "btn btn-sm btn-icon", title: say(key), "aria-label": say(key),
    "data-tool": key, onclick: run, ...more }, icon(symbol));
  const zoom = (step) => () => get("zoomScroll").stepZoom(step);
  const undo = button("undo", "arrow-back-up", () => get("commandStack").undo());
  const redo = button("redo", "arrow-forward-up", () => get("commandStack").redo());
  const menu = (key, symbol, ways) => make("details", { class: "modeler-menu" },
    make("summary", { class: "btn btn-sm", "data-tool": key }, icon(symbol), " ", say(key)),
    make("div", { class: "modeler-menu-list" }, ...ways.map(([name, run]) => make("button", { type: "button", "data-tool": name,
      onclick: (event) => { event.target.closest("details").open = false; run(); } }, say(name)))));
  const aligned = (way) => () => selected(modeler, 2) && get("alignElements").trigger(get("selection").get(), way);
  const spread = (way) => () => selected(modeler, 3) && get("distributeElements").trigger(get("selection").get(), way);
  place.append(
    undo, redo, button("zoomOut", "zoom-out", zoom(-1)), button("zoomIn", "zoom-in", zoom(1)),
    button("fit", "maximize", () => fit(get("canvas"))), button("search", "search", () => get("searchPad").toggle()),
    menu("align", "layout-align-center", [...["left", "center", "right", "top", "middle", "bottom"].map((way) => [way, aligned(way)]),
      ...["horizontal", "vertical"].map((way) => [way, spread(way)])]),
    menu("exportAs", "download", [["asBpmn", () => saveBpmn(modeler, fileName())], ["asSvg", () => saveSvg(modeler, fileName())], ["asPng", () => savePng(modeler, fileName())]]),
    ...(check ? [make("button", { type: "button", class: "btn btn-sm", "data-tool": "check", onclick: check }, icon("list-check"), " ", say("check"))] : []),
    button("help", "keyboard", showHelp),
  );
  const standing = () => {
    undo.disabled = !get("commandStack").canUndo();
    redo.disabled = !get("commandStack").canRedo();
  };
  modeler.on(["commandStack.changed", "import.done"], standing);
  standing();
}

function selected(modeler, least) {
  return modeler.get("selection").get().length >= least;
}

// ---- out ----

async function saveBpmn(modeler, name) {
  download(`${name}.bpmn`, (await modeler.saveXML({ format: true })).xml, "application/xml");
}

async function saveSvg(modeler, name) {
  download(`${name}.svg`, (await modeler.saveSVG()).svg, "image/svg+xml");
}

async function savePng(modeler, name) {
  const { svg } = await modeler.saveSVG();
  const picture = new Image();
  picture.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
  await picture.decode();
  const most = 12_000, scale = Math.min(2, most / Math.max(picture.width, picture.height));
  const canvas = make("canvas", { width: Math.round(picture.width * scale), height: Math.round(picture.height * scale) });
  const context = canvas.getContext("2d");
  context.fillStyle = "#fff";
  context.fillRect(0, 0, canvas.width, canvas.height);
  context.drawImage(picture, 0, 0, canvas.width, canvas.height);
  canvas.toBlob((blob) => download(`${name}.png`, blob));
}

// ---- keys that bpmn-js does not have ----

export function keys(element, { save }) {
  const pressed = (event) => {
    const isTyping = event.target.closest?.("input, textarea, select, [contenteditable=true]");
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "s") {
      event.preventDefault();
      event.target.blur?.();
      save();
    } else if (event.key === "?" && !isTyping) showHelp();
  };
  document.addEventListener("keydown", pressed);
  return () => document.removeEventListener("keydown", pressed);
}
