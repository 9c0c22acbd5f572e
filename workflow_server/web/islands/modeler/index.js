// Draws a process: data-draft and data-path name the file of a draft (or data-source an XML that is saved nowhere).
import "bpmn-js/dist/assets/diagram-js.css";
import "bpmn-js/dist/assets/bpmn-js.css";
import "bpmn-js/dist/assets/bpmn-font/css/bpmn.css";
import "diagram-js-minimap/assets/diagram-js-minimap.css";
import "@bpmn-io/properties-panel/dist/assets/properties-panel.css";
import "../diagram/diagram.css";
import "./modeler.css";
import Modeler from "bpmn-js/lib/Modeler";
import minimap from "diagram-js-minimap";
import { island } from "../start.js";
import { Draft, Loose, leftBehind } from "../drafting/draft.js";
import { dropping } from "./dropping.js";
import { Faults } from "./faults.js";
import { Panel } from "./panel.js";
import { look, rulesModule } from "./rules.js";
import { Vocabulary } from "./names.js";
import { DiagramSaving } from "./saving.js";
import { say } from "./texts.js";
import { keys, toolbar } from "./tools.js";
import { translateModule } from "./translate.js";
import { make } from "../elements.js";
import { fit, notices } from "./ui.js";
import { descriptor } from "./words.js";

function frame(element) {
  const part = (name, more) => make("div", { class: `modeler-${name}`, ...more });
  const parts = {
    tools: part("tools", { role: "toolbar", "aria-label": say("toolbar") }), status: part("status", { role: "status" }), notice: part("notices"),
    canvas: part("canvas", { role: "region", "aria-label": say("canvas") }), panel: part("panel", { role: "region", "aria-label": say("panel") }),
    faults: part("faults", { role: "region", "aria-label": say("faults") }),
  };
  const box = make("div", { class: "island-box modeler-frame" }, make("div", { class: "modeler-bar" }, parts.tools, parts.status), parts.notice,
    make("div", { class: "modeler-main" }, parts.canvas, parts.panel), parts.faults);
  element.append(box);
  return parts;
}

// A file that is no diagram can't be drawn: its page says why, and leads to its text.
async function open(modeler, xml, tell) {
  try {
    const { warnings } = await modeler.importXML(xml);
    fit(modeler.get("canvas"));
    const count = warnings.length;
    if (count) tell(say("importNotes", { count, first: warnings[0].message.split("\n")[0] }), { isBad: true });
  } catch (error) {
    throw new Error(say("failed", { reason: error.message }));
  }
}

island("modeler", async (element) => {
  const draft = element.dataset.draft ? new Draft(element.dataset, new Vocabulary()) : new Loose(element.dataset.source, new Vocabulary());
  const parts = frame(element), tell = notices(parts.notice);
  const [xml] = await Promise.all([draft.load(), draft.loadRights(),
    draft.loadVocabulary().catch((error) => tell(error.message, { isBad: true }))]);
  const modeler = new Modeler({ container: parts.canvas, additionalModules: [minimap, translateModule, rulesModule], moddleExtensions: { wf: descriptor() } });
  element.modeler = modeler;
  const text = async () => (await modeler.saveXML({ format: true })).xml;
  try {
    await open(modeler, xml, tell);
  } catch (error) {
    tell(error.message, { isBad: true, action: draft.id ? { label: say("asText"), run: () => window.location.assign(`${draft.pageOf(draft.path)}?as=text`) } : null });
    throw error;
  }
  const faults = new Faults(modeler, draft, parts.faults, tell);
  const saving = new DiagramSaving(draft, { text, status: parts.status, saved: () => faults.later(),
    reload: async () => open(modeler, await draft.load(), tell),
    shut: (reason, takeAway) => {
      element.classList.add("is-read-only");
      look(modeler);
      tell(say("shut", { reason }), { isBad: true, action: { label: say("takeAway"), run: takeAway } });
    } });
  modeler.on("commandStack.changed", () => {
    element.dispatchEvent(new CustomEvent("modeler:changed", { bubbles: true }));
    saving.changed();
  });
  const replace = async (name, next) => {
    const before = await text();
    const take = async (now) => { await open(modeler, now, tell); saving.changed(); };
    await take(next);
    tell(say("fileTaken", { name, undo: "" }), { action: { label: say("takeBack"), run: () => take(before) } });
  };
  const checkNow = async () => { await saving.now(); await faults.run(); };
  toolbar(modeler, parts.tools, { check: draft.id ? checkNow : null, fileName: () => draft.path.split("/").pop().replace(/\.bpmn$/, "") });
  const panel = new Panel(modeler, parts.panel, draft, tell);
  if (draft.isReadOnly) {
    element.classList.add("is-read-only");
    look(modeler);
  } else dropping(element, replace, tell);
  const unbind = keys(element, { save: checkNow });
  const kept = await leftBehind(draft, xml, say);
  if (kept) await replace(say("backupTitle"), kept);
  lead(modeler, faults, new URLSearchParams(window.location.search).get("element"));
  if (draft.id) { saving.show(draft.isReadOnly ? "onlyLooking" : "opened"); faults.run(); } else parts.faults.hidden = true;
  Object.assign(element, { panel, saving, faults });
  return () => { unbind(); saving.stop(); faults.stop(); modeler.destroy(); };
});

function lead(modeler, faults, id) {
  const element = id && faults.elementOf(id);
  if (element) faults.lead(element);
}
