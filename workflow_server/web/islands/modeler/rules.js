// What may be drawn: palette, context pad and replace menu offer what the server runs, and nothing else.
import PaletteProvider from "bpmn-js/lib/features/palette/PaletteProvider";
import ContextPadProvider from "bpmn-js/lib/features/context-pad/ContextPadProvider";
import { OFFERED, mayBecome } from "./offered.js";
import Room from "./room.js";
import { say } from "./texts.js";
import { mayStand, placeOf, wordOf } from "./words.js";

const KEPT = ["hand-tool", "lasso-tool", "space-tool", "global-connect-tool", "tool-separator"];
const ALSO = { "create.subprocess-expanded": "create_subprocess", "create.participant-expanded": "create_pool",
  "create.group": "create_group" };
const REFUSED_PAD = ["append.compensation-activity"];
const REFUSED_HEADERS = ["toggle-is-collection", "toggle-participant-multiplicity"];

class Palette extends PaletteProvider {
  getPaletteEntries() {
    const given = super.getPaletteEntries();
    const create = this._create, factory = this._elementFactory;
    const entries = Object.fromEntries(KEPT.map((key) => [key, given[key]]));
    OFFERED.forEach(([key, type, icon, group, event]) => {
      const start = (domEvent) => create.start(domEvent, factory.createShape({ type: `bpmn:${type}`,
        ...(event && { eventDefinitionType: `bpmn:${event}EventDefinition` }) }));
      entries[`create.${key}`] = { group, className: `bpmn-icon-${icon}`, title: say(`create_${key}`),
        action: { dragstart: start, click: start } };
    });
    Object.entries(ALSO).forEach(([key, text]) => { entries[key] = { ...given[key], title: say(text) }; });
    const handler = (domEvent) => {
      const around = factory.createShape({ type: "bpmn:SubProcess", x: 0, y: 0, isExpanded: true, triggeredByEvent: true });
      const start = factory.createShape({ type: "bpmn:StartEvent", x: 40, y: 82, parent: around, eventDefinitionType: "bpmn:MessageEventDefinition" });
      create.start(domEvent, [around, start], { hints: { autoSelect: [around] } });
    };
    entries["create.event_subprocess"] = { group: "activity", className: "bpmn-icon-event-subprocess-expanded", title: say("create_event_subprocess"),
      action: { dragstart: handler, click: handler } };
    const note = (domEvent) => create.start(domEvent, factory.createShape({ type: "bpmn:TextAnnotation" }));
    entries["create.note"] = { group: "artifact", className: "bpmn-icon-text-annotation", title: say("create_note"),
      action: { dragstart: note, click: note } };
    return entries;
  }
}
Palette.$inject = PaletteProvider.$inject;

class Pad extends ContextPadProvider {
  getContextPadEntries(element) {
    const entries = super.getContextPadEntries(element);
    REFUSED_PAD.forEach((key) => delete entries[key]);
    if (entries["append.append-task"]) {
      const append = (type) => {
        const shape = () => this._elementFactory.createShape({ type });
        return {
          click: (_event, source) => this._autoPlace.append(source, shape()),
          dragstart: (event, source) => this._create.start(event, shape(), { source }),
        };
      };
      entries["append.append-task"] = { group: "model", className: "bpmn-icon-user-task", title: say("append_task"),
        action: append("bpmn:UserTask") };
    }
    return entries;
  }
}
Pad.$inject = ContextPadProvider.$inject;

function Replacements(popupMenu) {
  popupMenu.registerProvider("bpmn-replace", 100, this);
}
Replacements.$inject = ["popupMenu"];
Replacements.prototype.getPopupMenuEntries = (target) => (entries) => (
  Object.fromEntries(Object.entries(entries).filter(([key]) => mayBecome(key, target.businessObject))));
Replacements.prototype.getPopupMenuHeaderEntries = () => (entries) => (
  Object.fromEntries(Object.entries(entries).filter(([key]) => !REFUSED_HEADERS.includes(key))));

// Copying or changing a type takes along only what may stand on the new element.
function Extensions(eventBus) {
  eventBus.on("moddleCopy.canCopyProperty", 2000, ({ parent, property }) => {
    const word = property?.$type ? wordOf(property) : null;
    const host = parent?.$type === "bpmn:ExtensionElements" ? parent.$parent : null;
    return word && host && !mayStand(word, placeOf(host)) ? false : undefined;
  });
}
Extensions.$inject = ["eventBus"];

// What becomes an event subprocess begins by an event: a plain start in it waits for a message, until it is changed.
function Handlers(eventBus, bpmnReplace) {
  eventBus.on("commandStack.shape.replace.postExecuted", 400, ({ context: { newShape } }) => {
    if (!newShape?.businessObject.triggeredByEvent) return;
    newShape.children.filter((each) => each.type === "bpmn:StartEvent" && !each.businessObject.eventDefinitions?.length)
      .forEach((each) => bpmnReplace.replaceElement(each, { type: "bpmn:StartEvent", eventDefinitionType: "bpmn:MessageEventDefinition", isInterrupting: true }));
  });
}
Handlers.$inject = ["eventBus", "bpmnReplace"];

// A process drawn here is meant to run.
function Executable(eventBus, moddle) {
  eventBus.on("commandStack.shape.create.preExecuted", ({ context }) => {
    const process = context.shape.businessObject?.processRef;
    if (!process || context.shape.type !== "bpmn:Participant" || process.flowElements?.length) return;
    process.isExecutable = true;
    const id = process.id?.toLowerCase();
    if (id && id !== process.id && !moddle.ids.assigned(id)) {
      moddle.ids.unclaim(process.id);
      moddle.ids.claim(id, process);
      process.id = id;
    }
  });
}
Executable.$inject = ["eventBus", "moddle"];

// Somebody else's draft is looked at: nothing can be moved, made, changed or taken away.
export function look(modeler) {
  const events = modeler.get("eventBus");
  events.on("commandStack.canExecute", 10_000, () => false);
  events.on(["element.dblclick", "element.contextmenu"], 10_000, () => false);
  modeler.get("commandStack").execute = () => {};
  modeler.get("contextPad").open = () => {};
}

// Several changes as one step to undo.
function Together(commandStack) {
  commandStack.registerHandler("wf.together", function handler() {
    this.preExecute = ({ run }) => run();
  });
}
Together.$inject = ["commandStack"];

export const rulesModule = {
  __init__: ["wfReplacements", "wfExtensions", "wfExecutable", "wfHandlers", "wfTogether", "wfRoom"],
  paletteProvider: ["type", Palette],
  contextPadProvider: ["type", Pad],
  wfReplacements: ["type", Replacements],
  wfExtensions: ["type", Extensions],
  wfExecutable: ["type", Executable],
  wfHandlers: ["type", Handlers],
  wfTogether: ["type", Together],
  wfRoom: ["type", Room],
};
