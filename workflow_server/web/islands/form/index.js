// A form to fill in: {schema, data, context, access, …} from the JSON block or data-source. With a task, a start or an address to send it to, it
// keeps drafts and submits; without, it is a preview. data-now is the server's clock.
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "./form.css";
import { setClock } from "@bpmn-io/feelin";
import { box, island, parameters } from "../start.js";
import { setNow } from "./days.js";
import { Drafts } from "./drafts.js";
import { isUploading, stopUploads } from "./files.jsx";
import { open } from "./form.js";
import { flushAll } from "./parts.jsx";
import { Work } from "./work.js";

function tell(element, form) {
  // What a listener returns would keep the event from the others.
  const send = (name) => ({ errors }) => void element.dispatchEvent(
    new CustomEvent(name, { bubbles: true, detail: { data: form.everything, errors } }));
  form.on("changed", send("form:changed"));
  form.on("submit", send("form:submit"));
  element.form = form;
}

// Enter in a line must not send a form that is half done, and a file that misses its field must not replace the page.
function guard(element) {
  element.addEventListener("submit", (event) => { event.preventDefault(); event.stopPropagation(); }, true);
  const ignore = (event) => { if (event.dataTransfer?.types.includes("Files")) event.preventDefault(); };
  const listening = new AbortController();
  document.addEventListener("dragover", ignore, listening);
  document.addEventListener("drop", ignore, listening);
  window.addEventListener("pageshow", ({ persisted }) => { if (persisted) window.location.reload(); }, listening);
  return listening;
}

island("form", async (element) => {
  const now = element.dataset.now;
  if (now) { setClock(now); setNow(now); }
  const desk = await parameters(element);
  const listening = guard(element), works = !desk.read_only && (desk.task_id || desk.send || desk.start);
  const work = works ? new Work(element, desk) : null;
  const form = await open(work?.body ?? box(element), desk, desk.data ?? {});
  tell(element, form);
  await work?.begin(form, { left: Drafts.left(desk), listening, flushAll, isUploading });
  return () => { listening.abort(); work?.end(); stopUploads(); form.destroy(); };
});
