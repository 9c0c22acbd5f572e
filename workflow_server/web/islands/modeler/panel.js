// The properties panel: what is selected, shown by groups, kept up to date with the diagram.
import { PropertiesPanel } from "@bpmn-io/properties-panel";
import { h, render } from "@bpmn-io/properties-panel/preact";
import { groupsOf } from "./groups.js";
import { Model } from "./model.js";
import { Names } from "./names.js";
import { language, say } from "./texts.js";
import translate from "./translate.js";
import zh from "./zh.js";
import { WORDS } from "./words.js";

const STRUCTURE = { Collaboration: ["协作", "Collaboration"], Process: ["流程", "Process"], Participant: ["泳池", "Pool"], Lane: ["泳道", "Lane"],
  MessageFlow: ["消息流", "Message flow"], TextAnnotation: ["文本注释", "Text annotation"], Association: ["关联线", "Association"], Group: ["分组", "Group"],
  BoundaryEvent: ["边界事件", "Boundary event"], IntermediateCatchEvent: ["捕获事件", "Catch event"], SubProcess: ["子流程", "Sub-process"],
  EventBasedGateway: ["事件网关", "Event-based gateway"], DataObjectReference: ["数据对象", "Data object"],
  DataOutputAssociation: ["写入数据对象", "Writes a data object"], DataInputAssociation: ["读取数据对象", "Reads a data object"] };
const EVENTS = { message: "Message", timer: "Timer", terminate: "Terminate", signal: "Signal", error: "Error", escalation: "Escalation",
  conditional: "Conditional", link: "Link" };

function typeOf(model) {
  const type = model.shown.$type.slice(5);
  if (model.isHandler) return translate("Event sub-process");
  const words = type.replace(/([a-z])([A-Z])/g, "$1 $2").toLowerCase().replace(/^./, (first) => first.toUpperCase());
  const event = EVENTS[model.eventName];
  const name = event ? `${event} ${words.toLowerCase().replace("intermediate ", "intermediate ")}` : words;
  const text = STRUCTURE[type] && !event ? STRUCTURE[type][language === "en" ? 1 : 0] : null;
  return text ?? (zh[name] || language === "en" ? translate(name) : translate(words));
}

const headers = (modeler) => ({
  getElementLabel: (element) => new Model(modeler, element).shown.name ?? "",
  getTypeLabel: (element) => typeOf(new Model(modeler, element)),
  getElementIcon: () => null,
});
const placeholders = { getEmpty: () => ({ text: say("nothing") }), getMultiple: () => ({ text: say("many") }) };

export class Panel {
  constructor(modeler, container, draft, tell) {
    Object.assign(this, { modeler, container, draft, tell, vocabulary: draft.vocabulary, element: null, layout: { groups: {} } });
    const events = modeler.get("eventBus");
    events.on(["selection.changed", "elements.changed", "import.done", "root.set"], () => this.refresh());
    events.on("diagram.destroy", () => render(null, container));
    this.show(modeler.get("selection").get());
  }

  show(selection) {
    this.element = selection.length > 1 ? selection : selection[0] ?? this.modeler.get("canvas").getRootElement();
    this.draw();
  }

  // A burst of changes is drawn once, and never in the middle of one: a field that goes may still change something.
  refresh() {
    cancelAnimationFrame(this.waiting);
    this.waiting = requestAnimationFrame(() => this.show(this.modeler.get("selection").get()));
  }

  draw() {
    const { modeler, element } = this;
    if (!element || Array.isArray(element) || element.isImplicit) {
      render(h(PropertiesPanel, { element: element?.isImplicit ? null : element, groups: [], placeholderProvider: placeholders, headerProvider: headers(modeler) }), this.container);
      return;
    }
    render(h(PropertiesPanel, {
      element, key: element.id, groups: groupsOf(this.context(element)), headerProvider: headers(modeler), placeholderProvider: placeholders,
      eventBus: modeler.get("eventBus"), layoutConfig: this.layout, layoutChanged: (now) => { this.layout = now; },
    }), this.container);
  }

  context(element) {
    const model = new Model(this.modeler, element);
    let names = null;
    const change = (run) => { if (!this.draft.isReadOnly) run(); };
    return {
      model, draft: this.draft, vocabulary: this.vocabulary, tell: this.tell, change,
      names: () => (names ??= new Names(model, this.vocabulary)),
      add: (word, attributes) => change(() => model.add(word, attributes)),
      remove: (each) => change(() => model.remove(each)),
      set: (word, each, name, value) => change(() => {
        if (word === "message" && name === "type") model.setMessageType(each, value);
        else if (word === "act") model.setAct(name, value);
        else if (WORDS[word].once) model.setOnce(word, name, value, word === "assign" && name !== "strategy" ? { strategy: "none" } : {});
        else if (each) model.update(each, { [name]: value });
      }),
    };
  }
}
