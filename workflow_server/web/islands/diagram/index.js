// Shows a BPMN diagram: data-source is its XML, data-done and data-open are ids of elements.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "./diagram.css";
import NavigatedViewer from "bpmn-js/lib/NavigatedViewer";
import { box, island, load } from "../start.js";

export function mark(viewer, ids, marker) {
  const canvas = viewer.get("canvas"), elements = viewer.get("elementRegistry");
  (ids ?? "").split(/\s+/).filter((id) => elements.get(id)).forEach((id) => canvas.addMarker(id, marker));
}

island("diagram", async (element) => {
  const xml = await (await load(element.dataset.source)).text();
  const viewer = new NavigatedViewer({ container: box(element) });
  await viewer.importXML(xml);
  mark(viewer, element.dataset.done, "is-done");
  mark(viewer, element.dataset.open, "is-open");
  viewer.get("canvas").zoom("fit-viewport", "auto");
  element.viewer = viewer;
  return () => viewer.destroy();
});
