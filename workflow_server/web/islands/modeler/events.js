// What an event is about: which signal, error or escalation, what must hold, when it rings.
import { h } from "@bpmn-io/properties-panel/preact";
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { ChoiceEntry, Field, TextEntry, entriesOf } from "./entries.js";
import { Declared } from "./declared.js";
import { say } from "./texts.js";
import { ValueEntry } from "./value.js";

const entry = (id, component, more) => ({ id, component, ...more });

// The entries of the group of an event, or null: messages have a group of their own.
export function eventEntries(context) {
  const { eventName } = context.model;
  if (["signal", "error", "escalation"].includes(eventName)) return declared(eventName, context);
  if (eventName === "link") return link(context);
  if (eventName === "conditional") return conditional(context);
  return eventName === "timer" ? timer(context) : null;
}

// ---- signals, errors, escalations: declared once in the file, chosen at each event ----

function declared(kind, { model, change }) {
  const found = new Declared(model, kind), chosen = found.chosen;
  const entries = [entry(`${kind}-ref`, ReferenceEntry, { kind, found, change, label: say(kind),
    isRequired: !found.mayBeAny, help: say(found.mayBeAny ? `${kind}Any` : `${kind}Help`) })];
  if (!chosen) return entries;
  const set = (properties) => change(() => model.update(chosen, properties));
  if (kind !== "signal") {
    entries.push(entry(`${kind}-code`, TextEntry, { label: say("codeOf"), isRequired: true, getValue: () => found.keyOf(chosen),
      check: (text) => found.takenBy(text, chosen), setValue: (text) => text && set({ [found.key]: text }) }));
  }
  entries.push(entry(`${kind}-name`, TextEntry, { label: say("name"), isRequired: kind === "signal", help: say("declaredHelp"), getValue: () => chosen.name,
    check: (text) => (kind === "signal" ? found.takenBy(text, chosen) : null), setValue: (name) => (name || kind !== "signal") && set({ name }) }));
  return entries;
}

function ReferenceEntry({ id, label, help, isRequired, kind, found, change }) {
  const [asking, setAsking] = useState(false);
  const chosen = found.chosen?.id ?? "", input = `bio-properties-panel-${id}`;
  const choose = ({ target }) => {
    if (target.value !== "=new") return change(() => found.choose(target.value));
    target.value = chosen;
    return setAsking(true);
  };
  const field = h(Field, { id, label, isRequired, help, error: isRequired && !chosen && !asking ? say("required") : null },
    h("select", { id: input, class: "bio-properties-panel-input", value: chosen, onChange: choose },
      h("option", { value: "" }, say(isRequired ? "choose" : "any")),
      found.all().map((each) => h("option", { value: each.id, key: each.id }, found.labelOf(each))),
      h("option", { value: "=new" }, say("makeNew"))));
  return h("div", null, field,
    asking ? h(NewDeclared, { kind, found, done: (key, name) => { setAsking(false); if (key) change(() => found.make(key, name)); } }) : null);
}

function NewDeclared({ kind, found, done }) {
  const [key, setKey] = useState(""), [name, setName] = useState(""), [wrong, setWrong] = useState(null), place = useRef(null);
  useEffect(() => place.current.querySelector("input").focus(), []);
  const create = (event) => {
    event.preventDefault();
    const text = key.trim(), fault = text ? found.takenBy(text) : say("required");
    return fault ? setWrong(fault) : done(text, name.trim() || undefined);
  };
  const field = (text, id, value, set) => h("label", null, text,
    h("input", { class: "bio-properties-panel-input", name: id, value, autocomplete: "off", onInput: ({ target }) => set(target.value) }));
  return h("form", { class: "bio-properties-panel-entry new-form", ref: place, onSubmit: create },
    field(say(kind === "signal" ? "name" : "codeOf"), "declared-key", key, setKey),
    kind === "signal" ? null : field(say("name"), "declared-name", name, setName),
    wrong ? h("div", { class: "bio-properties-panel-error", role: "alert" }, wrong) : null,
    h("button", { class: "btn btn-sm btn-primary" }, say("create")), " ",
    h("button", { type: "button", class: "btn btn-sm", onClick: () => done() }, say("cancel")));
}

// ---- links and conditions ----

function link({ model }) {
  const scope = model.shown.$parent?.flowElements ?? [];
  const others = scope.flatMap((each) => each.eventDefinitions ?? []).filter((each) => each.$type === "bpmn:LinkEventDefinition").map((each) => each.name);
  return [entry("link-name", TextEntry, { label: say("linkName"), isRequired: true, help: say("linkHelp"), among: [...new Set(others)].filter(Boolean),
    getValue: () => model.event.name, setValue: (name) => model.update(model.event, { name }) })];
}

function conditional({ model, names }) {
  const repeats = model.interruptingAs && model.shown[model.interruptingAs] === false;
  return [entry("event-condition", ValueEntry, { label: say("condition"), alwaysFeel: true, isRequired: true, names,
    help: say(repeats ? "conditionalAgain" : "conditionalHelp"), getValue: () => model.event.condition?.body,
    setValue: (text) => model.update(model.event, { condition: model.expression(text ?? "", model.event) }) })];
}

// ---- timers ----

const DURATION = /^P(?=.)(\d+Y)?(\d+M)?(\d+W)?(\d+D)?(T(?=\d)(\d+H)?(\d+M)?(\d+(\.\d+)?S)?)?$/;

// What is wrong with the text of a timer, or null.
export function wrongTime(kind, text) {
  const [, times, , interval] = /^R(\d*)\/([^/P][^/]*\/)?([^/]+)$/.exec(text) ?? [];
  const fits = { duration: DURATION.test(text), date: /^\d{4}-\d\d-\d\d/.test(text),
    cycle: DURATION.test(interval ?? "") && !/^0+$/.test(times) && /[1-9]/.test(interval) }[kind];
  return fits ? null : say(`${kind}Wrong`);
}

function timer(context) {
  const { model, names } = context, kind = model.timerKind;
  const kinds = ["duration", "date", ...(model.mayRepeat || kind === "cycle" ? ["cycle"] : []),
    ...(model.may("timer") && !model.startsProcess ? ["byDeadline"] : [])];
  const entries = [entry("timer-kind", ChoiceEntry, { label: say("timerKind"), isRequired: true, getValue: () => kind,
    setValue: (now) => now && model.setTimer(now), options: kinds.map((each) => [each, say(each)]),
    help: model.mayRepeat ? undefined : say("cycleOnly") })];
  if (kind === "byDeadline") entries.push(...entriesOf("timer", model.one("timer"), context, "timer"));
  else if (kind) {
    entries.push(entry("timer-text", ValueEntry, { label: say("time"), help: say(`${kind}Help`), names, isRequired: true, wrong: (text) => wrongTime(kind, text),
      getValue: () => model.timerText, setValue: (text) => model.setTimer(kind, text ?? "") }));
  }
  return entries;
}
