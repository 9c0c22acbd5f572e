// Edits a form of a draft: data-draft, data-path. Beside it the form as it will be filled in; below the server's check.
import "@bpmn-io/form-js-viewer/dist/assets/form-js.css";
import "@bpmn-io/form-js-editor/dist/assets/form-js-editor.css";
import "@bpmn-io/form-js-editor/dist/assets/properties-panel.css";
import "@bpmn-io/form-js-editor/dist/assets/dragula.css";
import "../drafting/drafting.css";
import "../form/form.css";
import { FormEditor } from "@bpmn-io/form-js-editor";
import { Checks } from "../drafting/checks.js";
import { Saving } from "../drafting/saving.js";
import { say } from "../drafting/texts.js";
import { open as openForm } from "../form/form.js";
import { Draft, leftBehind } from "../drafting/draft.js";
import { make } from "../elements.js";
import { island } from "../start.js";
import { Business } from "./business.js";
import { tidy } from "./tidy.js";
import { translate } from "./translate.js";

// What the server does not take is not offered.
const REFUSED = ["iframe", "table", "documentPreview"];

class Fewer {
  constructor(formFields) {
    REFUSED.forEach((type) => { delete formFields._formFields[type]; });
  }
}
Fewer.$inject = ["formFields"];
const FEWER = { __init__: ["fewer"], fewer: ["type", Fewer] };

const written = (schema, before) => `${JSON.stringify(tidy(schema, before), null, 2)}\n`;

// The form as somebody will see it, drawn anew a while after each change.
class Preview {
  constructor(place) {
    Object.assign(this, { place, form: null, timer: null });
  }

  soon(schema) {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(schema), 500);
  }

  async show(schema) {
    const sheet = make("div", { class: "drafting-sheet" });
    try {
      const form = await openForm(sheet, { schema: structuredClone(schema), access: {}, context: {} }, {});
      this.form?.destroy();
      this.form = form;
      this.place.replaceChildren(sheet);
    } catch (error) {
      this.place.replaceChildren(make("p", { class: "alert alert-warning m-2" }, error.message));
    }
  }

  stop() {
    clearTimeout(this.timer);
    this.form?.destroy();
  }
}

// The component at a pointer of the server's check, such as #/components/3/validate.
function componentAt(schema, pointer) {
  let found = schema, inner = schema;
  for (const segment of pointer.replace(/^#\/?/, "").split("/").filter(Boolean)) {
    inner = inner?.[segment];
    if (inner && typeof inner === "object" && inner.type) found = inner;
  }
  return found;
}

function select(editor, schema, pointer) {
  const { id } = componentAt(schema, pointer);
  const field = editor.get("formFieldRegistry").get(id);
  if (!field) return;
  editor.get("selection").set(field);
  document.querySelector(`[data-id="${CSS.escape(id)}"]`)?.scrollIntoView({ block: "center" });
}

function broken(element, draft, error) {
  const address = `${draft.pageOf(draft.path)}?as=text`;
  element.append(make("div", { class: "alert alert-danger m-3", role: "alert" }, say("broken", { reason: error.message }), " ",
    make("a", { href: address }, say("source"))));
}

async function begin(element, draft, text, given) {
  const canvas = make("div", { class: "drafting-form" }), below = make("section", { class: "drafting-checks", "aria-label": say("faults") });
  const sheet = make("div"), toggle = make("button", { type: "button", class: "btn btn-sm", "aria-expanded": "true" }, say("hidePreview"));
  const aside = make("aside", { class: "drafting-aside", "aria-label": say("preview") }, sheet);
  const split = make("div", { class: "drafting-split" }, make("div", { class: "drafting-main" }, make("div", { class: "drafting-tools" }, toggle,
    make("a", { class: "btn btn-sm", href: `${draft.pageOf(draft.path)}?as=text` }, say("source"))), canvas), aside);
  element.append(split, below);
  toggle.addEventListener("click", () => {
    const hidden = split.classList.toggle("is-alone");
    aside.hidden = hidden;
    toggle.textContent = say(hidden ? "preview" : "hidePreview");
    toggle.setAttribute("aria-expanded", String(!hidden));
  });
  const editor = new FormEditor({ container: canvas, additionalModules: [FEWER] });
  editor.get("propertiesPanel").registerProvider(new Business(draft.vocabulary.given ?? {}), 400);
  const stopTranslating = translate(canvas);
  await editor.importSchema(given);
  const preview = new Preview(sheet);
  const checks = new Checks(draft, below, { lead: ({ pointer }) => select(editor, editor.saveSchema(), pointer.slice(draft.path.length)) });
  let before = given, known = text === null ? null : written(editor.saveSchema(), before), isLoading = false;
  const saving = new Saving(draft, { say,
    text: async () => written(editor.saveSchema(), before), status: document.querySelector("[data-saving]"), saved: () => checks.soon(),
    reload: async () => {
      isLoading = true;
      before = JSON.parse(await draft.load());
      await editor.importSchema(before);
      known = written(editor.saveSchema(), before);
      isLoading = false;
    } });
  if (text === null) saving.changed();
  editor.on("changed", () => {
    const schema = tidy(editor.saveSchema(), before), now = written(schema, before);
    preview.soon(schema);
    if (isLoading || draft.isReadOnly || now === known) return;
    known = now;
    saving.changed();
    element.dispatchEvent(new CustomEvent("form-editor:changed", { bubbles: true, detail: { schema } }));
  });
  canvas.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key === "s") { event.preventDefault(); saving.now(); }
  });
  preview.show(given);
  checks.run();
  const at = new URLSearchParams(window.location.search).get("at");
  if (at) select(editor, given, `#${at}`);
  element.editor = editor;
  return () => { stopTranslating(); saving.stop(); checks.stop(); preview.stop(); editor.destroy(); };
}

island("form-editor", async (element) => {
  const draft = new Draft(element.dataset);
  const [text] = await Promise.all([draft.load(), draft.loadVocabulary()]);
  const left = await leftBehind(draft, text, say);
  try {
    return await begin(element, draft, left === null ? text : null, JSON.parse(left ?? text));
  } catch (error) {
    return broken(element, draft, error);
  }
});
