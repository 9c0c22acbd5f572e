// Edits a BPMN diagram: data-source is its XML; `modeler:changed` says that it is no longer that.
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "../diagram/diagram.css";
import Modeler from "bpmn-js/lib/Modeler";
import minimap from "diagram-js-minimap";
import { box, island, load } from "../start.js";

island("modeler", async (element) => {
  const xml = await (await load(element.dataset.source)).text();
  const modeler = new Modeler({ container: box(element), additionalModules: [minimap] });
  await modeler.importXML(xml);
  modeler.get("canvas").zoom("fit-viewport", "auto");
  modeler.on("commandStack.changed", () => element.dispatchEvent(
    new CustomEvent("modeler:changed", { bubbles: true })));
  element.modeler = modeler;
  return () => modeler.destroy();
});
