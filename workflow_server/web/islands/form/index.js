// Shows a form: {schema, data, readOnly} from the JSON block or data-source; data-now is the server's clock.
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import { setClock } from "@bpmn-io/feelin";
import { Form } from "@bpmn-io/form-js-viewer";
import { box, island, parameters } from "../start.js";

island("form", async (element) => {
  if (element.dataset.now) setClock(element.dataset.now);
  const { schema, data = {}, readOnly = false } = await parameters(element);
  const form = new Form({ container: box(element), properties: { readOnly } });
  await form.importSchema(schema, data);
  const tell = (name) => ({ data: answers, errors }) => element.dispatchEvent(
    new CustomEvent(name, { bubbles: true, detail: { data: answers, errors } }));
  form.on("changed", tell("form:changed"));
  form.on("submit", tell("form:submit"));
  element.form = form;
  return () => form.destroy();
});
