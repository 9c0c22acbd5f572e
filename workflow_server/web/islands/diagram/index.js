// Shows a BPMN diagram. data-source is its XML (marks in data-done, data-open, data-failed: ids of elements),
// or JSON with {xml, completed, current, incidents}; a JSON block may bring {notes: {id: [who did what]}}.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { box, island, load } from "../start.js";
import { fingers } from "./fingers.js";
import { legend, note, toolbar } from "./panels.js";

/** Smaller than this nobody reads a label: what is current is shown instead of all. */
const LEGIBLE = 0.55;
const CLOSE = 0.9;
const SIGNS = { "is-done": "✓", "is-open": "▶", "is-failed": "!" };

export function mark(viewer, ids, marker) {
  const canvas = viewer.get("canvas"), elements = viewer.get("elementRegistry");
  (ids ?? "").split(/\s+/).filter((id) => elements.get(id)).forEach((id) => canvas.addMarker(id, marker));
}

async function read(element) {
  const response = await load(element.dataset.source);
  const { done, open, failed } = element.dataset;
  const block = element.querySelector('script[type="application/json"]');
  const { notes = {} } = block ? JSON.parse(block.textContent) : {};
  if (!(response.headers.get("Content-Type") ?? "").includes("json")) {
    const ids = (text) => (text ?? "").split(/\s+/).filter(Boolean);
    return { xml: await response.text(), done: ids(done), open: ids(open), failed: ids(failed), notes };
  }
  const found = await response.json();
  return { xml: found.xml, done: found.completed ?? [], open: found.current ?? [], failed: found.incidents ?? [], notes };
}

// Colour alone tells nobody who does not see it: each mark has a sign too.
function sign(viewer, id, marker) {
  const shape = viewer.get("elementRegistry").get(id);
  if (!shape || shape.waypoints) return;
  const badge = document.createElement("span");
  badge.className = `diagram-sign ${marker.replace("is-", "sign-")}`;
  badge.textContent = SIGNS[marker];
  badge.setAttribute("aria-hidden", "true");
  viewer.get("overlays").add(id, "sign", { position: { top: -11, left: -11 }, html: badge, show: { minZoom: 0.3 } });
}

function show(viewer, { done, open, failed }) {
  const states = new Map();
  done.forEach((id) => states.set(id, "is-done"));
  open.forEach((id) => states.set(id, "is-open"));
  failed.forEach((id) => states.set(id, "is-failed"));
  states.forEach((marker, id) => {
    mark(viewer, id, marker);
    sign(viewer, id, marker);
  });
  viewer.get("elementRegistry").filter((element) => element.waypoints && states.get(element.source?.id) === "is-done"
    && states.has(element.target?.id)).forEach((flow) => viewer.get("canvas").addMarker(flow, "is-done"));
  return states;
}

function fit(viewer) {
  viewer.get("canvas").zoom("fit-viewport", "auto");
}

function goTo(viewer, ids) {
  const canvas = viewer.get("canvas");
  const shape = ids.map((id) => viewer.get("elementRegistry").get(id)).find((each) => each && !each.waypoints);
  if (!shape) return;
  const middle = { x: shape.x + shape.width / 2, y: shape.y + shape.height / 2 };
  canvas.zoom(CLOSE);
  const seen = canvas.viewbox();
  canvas.viewbox({ x: middle.x - seen.width / 2, y: middle.y - seen.height / 2, width: seen.width, height: seen.height });
}

function look(viewer, current) {
  fit(viewer);
  if (viewer.get("canvas").zoom() < LEGIBLE && current.length) goTo(viewer, current);
}

// Only who works in the diagram zooms it with the wheel: a page must scroll past it.
function wheel(viewer, element) {
  const zoom = viewer.get("zoomScroll");
  zoom.toggle(false);
  element.addEventListener("focusin", () => zoom.toggle(true));
  element.addEventListener("pointerdown", () => zoom.toggle(true));
  element.addEventListener("pointerleave", () => element.contains(document.activeElement) || zoom.toggle(false));
  element.addEventListener("focusout", () => zoom.toggle(false));
}

function choose(viewer, panel, states, notes) {
  let chosen = null;
  const select = (shape) => {
    if (chosen) viewer.get("canvas").removeMarker(chosen, "is-chosen");
    chosen = shape && !shape.waypoints && shape.businessObject?.name ? shape : null;
    if (chosen) viewer.get("canvas").addMarker(chosen, "is-chosen");
    panel.tell(chosen && { name: chosen.businessObject.name, state: states.get(chosen.id), notes: notes[chosen.id] ?? [] });
  };
  viewer.on("element.click", ({ element }) => select(element.labelTarget ?? element));
}

island("diagram", async (element) => {
  const found = await read(element);
  element.classList.add("diagram");
  const viewer = new NavigatedViewer({ container: box(element) });
  await viewer.importXML(found.xml);
  const states = show(viewer, found), current = [...found.failed, ...found.open];
  const tools = toolbar({
    closer: () => viewer.get("zoomScroll").stepZoom(1),
    wider: () => viewer.get("zoomScroll").stepZoom(-1),
    whole: () => fit(viewer),
    current: current.length ? () => goTo(viewer, current) : null,
  });
  const panel = note();
  element.append(tools, panel.element);
  if (states.size) element.after(legend());
  choose(viewer, panel, states, found.notes);
  wheel(viewer, element);
  const stopFingers = fingers(element.querySelector(".island-box"), viewer);
  look(viewer, current);
  // Within a closed tab there is nothing to fit into: look again when it opens.
  let wide = element.clientWidth;
  const watch = new ResizeObserver(() => {
    if (element.clientWidth === wide) return;
    viewer.get("canvas").resized();
    if (!wide) look(viewer, current);
    wide = element.clientWidth;
  });
  watch.observe(element);
  element.viewer = viewer;
  return () => {
    watch.disconnect();
    stopFingers();
    viewer.destroy();
  };
});
