// Edits a form: {schema} from the JSON block or data-source; `form-editor:changed` carries the new one.
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import "@bpmn-io/form-js-editor/dist/assets/dragula.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import { box, island, parameters } from "../start.js";

island("form-editor", async (element) => {
  const { schema } = await parameters(element);
  const editor = new FormEditor({ container: box(element) });
  await editor.importSchema(schema);
  editor.on("changed", () => element.dispatchEvent(new CustomEvent("form-editor:changed", {
    bubbles: true, detail: { schema: editor.saveSchema() },
  })));
  element.editor = editor;
  return () => editor.destroy();
});
