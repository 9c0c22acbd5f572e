// Reads and changes our words on an element; every change is one step to undo.
import { isExpanded } from "bpmn-js/lib/util/DiUtil";
import { is } from "bpmn-js/lib/util/ModelUtil";
import { isDeciding } from "./offered.js";
import { say } from "./texts.js";
import { mayStand, placeOf, typeName, wordOf, WORDS } from "./words.js";

export class Model {
  constructor(modeler, element) {
    this.modeler = modeler;
    this.element = element.labelTarget ?? element;
    this.modeling = modeler.get("modeling");
    this.factory = modeler.get("bpmnFactory");
  }

  get shown() { return this.element.businessObject; }

  // A pool stands for its process.
  get holder() { return is(this.element, "bpmn:Participant") ? this.shown.processRef ?? this.shown : this.shown; }

  get place() { return placeOf(this.holder); }

  get event() { return this.shown.eventDefinitions?.[0]; }

  get eventName() { return this.event ? this.event.$type.replace(/^bpmn:|EventDefinition$/g, "").toLowerCase() : null; }

  get sends() { return ["endEvent", "intermediateThrowEvent", "sendTask"].includes(this.place); }

  get isHandler() { return Boolean(this.shown.triggeredByEvent); }

  // An event subprocess is begun by its start event: no flow leads to it or from it.
  get mayBeHandler() {
    const { incoming = [], outgoing = [], loopCharacteristics } = this.shown;
    return this.isHandler || (this.shown.$type === "bpmn:SubProcess" && isExpanded(this.element) && !incoming.length && !outgoing.length && !loopCharacteristics);
  }

  setHandler(triggeredByEvent) {
    this.modeler.get("bpmnReplace").replaceElement(this.element, { type: "bpmn:SubProcess", isExpanded: true, triggeredByEvent });
  }

  get startsProcess() { return this.place === "startEvent" && this.shown.$parent?.$type === "bpmn:Process"; }

  // The attribute that says whether an event interrupts, null where it does not matter.
  get interruptingAs() {
    if (this.place === "boundaryEvent") return "cancelActivity";
    return this.place === "startEvent" && this.shown.$parent?.triggeredByEvent ? "isInterrupting" : null;
  }

  get mayRepeat() { return this.startsProcess || Boolean(this.interruptingAs && this.shown[this.interruptingAs] === false); }

  get words() { return this.holder.extensionElements?.values ?? []; }

  all(word) { return this.words.filter((each) => wordOf(each) === word); }

  one(word) { return this.all(word)[0]; }

  may(word) {
    if (!mayStand(word, this.place)) return false;
    if (word === "message") return ["sendTask", "receiveTask"].includes(this.place) || this.eventName === "message";
    if (word === "timer") return this.eventName === "timer";
    if (word === "act") return this.eventName === "message" && !this.startsProcess;
    if (["reads", "preview"].includes(word) && this.place !== "userTask") return Boolean(this.one("act")) || (word === "preview" && this.startsProcess);
    return true;
  }

  together(run) { this.modeler.get("commandStack").execute("wf.together", { run }); }

  // A field may still have something to say when its element is gone.
  get isThere() { return this.modeler.get("elementRegistry").get(this.element.id) === this.element; }

  update(moddle, properties) { if (this.isThere) this.modeling.updateModdleProperties(this.element, moddle, properties); }

  rename(properties) { if (this.isThere) this.modeling.updateProperties(this.element, properties); }

  make(word, attributes, parent) {
    const made = this.factory.create(typeName(word), attributes);
    if (parent) made.$parent = parent;
    return made;
  }

  setWords(values) {
    const holder = this.holder, extensions = holder.extensionElements;
    if (extensions) {
      values.forEach((value) => { value.$parent = extensions; });
      this.update(holder, values.length ? { extensionElements: this.extensions(values, holder) } : { extensionElements: undefined });
    } else if (values.length) this.update(holder, { extensionElements: this.extensions(values, holder) });
  }

  extensions(values, holder) {
    const made = this.factory.create("bpmn:ExtensionElements", { values });
    made.$parent = holder;
    values.forEach((value) => { value.$parent = made; });
    return made;
  }

  add(word, attributes = {}) {
    const made = this.make(word, attributes);
    this.setWords([...this.words, made]);
    return made;
  }

  remove(element) { this.setWords(this.words.filter((each) => each !== element)); }

  // Of a word that stands once: set an attribute, making the word with its first and taking it away with its last.
  setOnce(word, attribute, value, defaults = {}) {
    const found = this.one(word);
    if (!found) return value === undefined ? undefined : this.add(word, { ...defaults, [attribute]: value });
    const left = Object.keys(WORDS[word].has).some((name) => name !== attribute && found.get(name));
    return value === undefined && !left && !found.parts?.length ? this.remove(found) : this.update(found, { [attribute]: value });
  }

  addPart(parent, word, attributes = {}) {
    this.update(parent, { parts: [...(parent.parts ?? []), this.make(word, attributes, parent)] });
  }

  // A word that has nothing but parts comes with its first and goes with its last.
  addWith(word, part) {
    const made = this.make(word, {});
    made.parts = [this.make(part, {}, made)];
    this.setWords([...this.words, made]);
  }

  removePart(parent, part) { this.update(parent, { parts: parent.parts.filter((each) => each !== part) }); }

  // Effects happen in written order: change places with the one before or after.
  move(element, step) {
    const effects = this.effects(), other = effects[effects.indexOf(element) + step];
    if (!other) return;
    this.setWords(this.words.map((each) => (each === element ? other : each === other ? element : each)));
  }

  effects() { return this.words.filter((each) => WORDS[wordOf(each)]?.effect && wordOf(each) !== "state"); }

  // ---- messages: our type and the name of the BPMN message are the same ----

  get messageHolder() { return ["sendTask", "receiveTask"].includes(this.place) ? this.shown : this.event; }

  setMessageType(element, type) {
    this.together(() => {
      if (type) this.update(this.messageHolder, { messageRef: this.messageNamed(type) });
      this.update(element, { type });
    });
  }

  // What a person does is a message of BPMN as well: it gets a name of its own, which no letter has.
  setAct(attribute, value) {
    this.together(() => {
      this.setOnce("act", attribute, value);
      if (this.one("act") && !this.event.messageRef) this.update(this.event, { messageRef: this.declare("bpmn:Message", { name: `ACT-${this.shown.id}` }, this.shown.id) });
    });
  }

  messageNamed(name) {
    const found = this.modeler.getDefinitions().rootElements.find((each) => each.$type === "bpmn:Message" && each.name === name);
    return found ?? this.declare("bpmn:Message", { name }, name);
  }

  // A new root element, with an id after what it is called.
  declare(type, attributes, called) {
    const definitions = this.modeler.getDefinitions(), plain = called.replace(/\W+/g, "_").replace(/^_+|_+$/g, "");
    const id = this.freeId([type.slice(5), plain].filter(Boolean).join("_"));
    const made = this.factory.create(type, { id, ...attributes });
    made.$parent = definitions;
    this.modeler.get("moddle").ids.claim(id, made);
    this.update(definitions, { rootElements: [...definitions.rootElements, made] });
    return made;
  }

  takenName(isTaken) { return isTaken ? say("usedName") : null; }

  expression(body, parent) {
    const made = this.factory.create("bpmn:FormalExpression", { body });
    made.$parent = parent;
    return made;
  }

  freeId(wanted) {
    const { ids } = this.modeler.get("moddle");
    let id = wanted;
    for (let number = 2; ids.assigned(id); number += 1) id = `${wanted}_${number}`;
    return id;
  }

  // ---- timers ----

  get timerText() { return (this.event?.timeDate ?? this.event?.timeDuration ?? this.event?.timeCycle)?.body ?? ""; }

  get timerKind() {
    if (this.one("timer")) return "byDeadline";
    return this.event?.timeDate ? "date" : this.event?.timeDuration ? "duration" : this.event?.timeCycle ? "cycle" : "";
  }

  setTimer(kind, text) {
    const body = text ?? (kind === this.timerKind ? this.timerText : "");
    const expression = (name) => (name === kind ? this.expression(body, this.event) : undefined);
    this.together(() => {
      this.update(this.event, { timeDate: expression("date"), timeDuration: expression("duration"), timeCycle: expression("cycle") });
      const ours = this.one("timer");
      if (kind === "byDeadline" && !ours) this.add("timer", {});
      if (kind !== "byDeadline" && ours) this.remove(ours);
    });
  }

  // ---- flows ----

  get isConditional() {
    const source = this.shown.sourceRef;
    return this.place === "sequenceFlow" && (isDeciding(source) || Boolean(this.shown.conditionExpression));
  }

  setCondition(text) {
    this.rename({ conditionExpression: text === undefined ? undefined : this.expression(text, this.shown) });
  }

  setDefault(isDefault) {
    this.together(() => {
      if (isDefault && this.shown.conditionExpression) this.setCondition(undefined);
      this.modeling.updateProperties(this.element.source, { default: isDefault ? this.shown : undefined });
    });
  }

  get documentation() { return this.holder.documentation?.[0]?.text ?? ""; }

  setDocumentation(text) {
    const made = text ? [this.factory.create("bpmn:Documentation", { text })] : [];
    made.forEach((each) => { each.$parent = this.holder; });
    this.update(this.holder, { documentation: made });
  }
}
