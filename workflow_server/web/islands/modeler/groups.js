// The groups of the panel for the element that is selected.
import { Group, ListGroup } from "@bpmn-io/properties-panel";
import { h } from "@bpmn-io/properties-panel/preact";
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { ChoiceEntry, TextEntry, TickEntry, entriesOf, titleOf } from "./entries.js";
import { objectEntries, writingEntries } from "./data.js";
import { eventEntries } from "./events.js";
import { processOf } from "./names.js";
import { isActivity, isDeciding } from "./offered.js";
import { FieldAccess, FormLinks, Order, Trial } from "./people.js";
import { repeatingEntries } from "./repeating.js";
import { label, say } from "./texts.js";
import translate from "./translate.js";
import { ValueEntry } from "./value.js";
import { WORDS, wordOf } from "./words.js";

const LISTS = ["start", "team", "flag", "separate", "reads", "preview", "message", "document", "deadline", "output", "record", "state", "number",
  "link"];
// What a new one says at first.
const FIRST = { record: { operation: "open" }, document: { moment: "draft" }, flag: { name: "minor" } };

export function groupsOf(context) {
  const { model } = context;
  return [
    general(context), ...(model.place === "sequenceFlow" ? [flow(context)] : []), ...about(context),
    ...(model.place === "callActivity" ? [call(context)] : []),
    ...["process", "lane"].filter((word) => model.may(word)).map((word) => once(word, context)),
    ...(model.may("assign") ? [people(context), form(context)] : []),
    ...["operation", "outcome", "act"].filter((word) => model.may(word)).map((word) => once(word, context)),
    ...(isActivity(model.shown) && !model.isHandler ? [repeating(context)] : []), ...data(context),
    ...LISTS.filter((word) => model.may(word)).map((word) => list(word, context)),
    ...(model.effects().length > 1 ? [order(context)] : []),
  ];
}

const group = (id, title, entries, shouldOpen = true) => ({ id, label: title, component: Group, entries, shouldOpen, translate });

// ---- general ----

function checkId(model, moddle, id) {
  if (!/^[A-Za-z_][A-Za-z0-9_.-]*$/.test(id)) return say("badId");
  if (model.place === "process" && moddle === model.holder && !/^[a-z][a-z0-9_]*$/.test(id)) return say("badKey");
  const other = model.modeler.get("moddle").ids.assigned(id);
  return other && other !== moddle ? say("usedId") : null;
}

function general(context) {
  const { model } = context, { shown, holder } = model;
  const isPool = shown !== holder, isArrow = /association$/i.test(model.place);
  const written = model.place === "textAnnotation"
    ? entry("text", TextEntry, { label: say("textOf"), multiline: true, getValue: () => shown.text, setValue: (text) => model.rename({ text }) })
    : entry("name", TextEntry, { label: say("name"), multiline: true, getValue: () => shown.name, setValue: (name) => model.rename({ name }) });
  const entries = [
    ...(isArrow ? [] : [written]),
    entry("id", TextEntry, { label: say("id"), getValue: () => shown.id, check: (id) => checkId(model, shown, id),
      setValue: (id) => id && model.rename({ id }) }),
  ];
  if (isPool && holder.$type === "bpmn:Process") {
    entries.push(entry("key", TextEntry, { label: say("poolKey"), getValue: () => holder.id, check: (id) => checkId(model, holder, id),
      setValue: (id) => id && model.update(holder, { id }) }));
  }
  if (holder.$type === "bpmn:Process") {
    entries.push(entry("executable", TickEntry, { label: say("executable"), getValue: () => holder.isExecutable,
      setValue: (isExecutable) => model.update(holder, { isExecutable }) }));
  }
  const interrupts = model.interruptingAs;
  if (interrupts && model.eventName !== "error") {
    entries.push(entry("interrupting", TickEntry, { label: say(interrupts === "cancelActivity" ? "interrupting" : "interruptingScope"),
      getValue: () => shown[interrupts] !== false, setValue: (now) => model.rename({ [interrupts]: now }) }));
  }
  if (model.mayBeHandler) {
    entries.push(entry("handler", TickEntry, { label: say("handler"), help: say("handlerHelp"), getValue: () => model.isHandler,
      setValue: (now) => context.change(() => model.setHandler(now)) }));
  }
  entries.push(entry("documentation", TextEntry, { label: say("documentation"), multiline: true, getValue: () => model.documentation,
    setValue: (text) => model.setDocumentation(text) }));
  return group("general", say("general"), entries);
}

const entry = (id, component, more) => ({ id, component, ...more });

// ---- flows and events ----

function flow({ model, names }) {
  const source = model.shown.sourceRef, isDefault = source?.default === model.shown;
  const entries = [];
  if (isDeciding(source)) {
    entries.push(entry("default", TickEntry, { label: say("defaultFlow"), getValue: () => isDefault, setValue: (now) => model.setDefault(now) }));
  }
  if (model.isConditional && !isDefault) {
    entries.push(entry("condition", ValueEntry, { label: say("condition"), alwaysFeel: true, names,
      isRequired: /Gateway$/.test(source?.$type), help: say(isActivity(source) ? "conditionOfTask" : "conditionHelp"),
      getValue: () => model.shown.conditionExpression?.body, setValue: (text) => model.setCondition(text) }));
  }
  return group("flow", say("condition"), entries);
}

function about(context) {
  const { model } = context, entries = eventEntries(context);
  return entries ? [group("event", say(`about_${model.eventName}`), entries)] : [];
}

// ---- activities: what is called, how often it is done, what it writes ----

function call(context) {
  const { model, vocabulary, change } = context, own = processOf(model.shown)?.id;
  const known = vocabulary.options("processes").filter(([key]) => vocabulary.mayCall(own, key));
  return group("call", say("call"), [
    entry("called", ChoiceEntry, { label: say("called"), isRequired: true, isChinese: true, options: known, help: say("calledHelp"),
      getValue: () => model.shown.calledElement, setValue: (calledElement) => change(() => model.rename({ calledElement })) }),
    entry("call-parameter", Parts, { kid: "parameter", word: "call", owner: model.one("call"), context }),
    entry("call-result", Note, { text: say("callResult") }),
  ]);
}

const Note = ({ id, text }) => h("div", { class: "bio-properties-panel-entry", "data-entry-id": id }, h("div", { class: "bio-properties-panel-description" }, text));

const repeating = (context) => group("repeating", say("repeating"), repeatingEntries(context), Boolean(context.model.shown.loopCharacteristics));

function data(context) {
  const entries = context.model.place === "dataObjectReference" ? objectEntries(context) : writingEntries(context);
  return entries.length ? [group("data", say("data"), entries)] : [];
}

// ---- words that stand once ----

function once(word, context) {
  const { model } = context, element = model.one(word);
  const entries = entriesOf(word, element, context, word);
  const shouldOpen = word !== "act" || Boolean(element);
  return withKids(group(word, label(WORDS[word]), entries, shouldOpen), word, element, context, word);
}

function people(context) {
  const { model } = context;
  return group("assign", say("who"), [
    ...entriesOf("assign", model.one("assign"), context, "assign"),
    ...entriesOf("separateFrom", model.one("separateFrom"), context, "separateFrom"),
    entry("trial", Trial, { context }),
  ]);
}

function form(context) {
  const { model } = context;
  return group("form", label(WORDS.form), [
    ...entriesOf("form", model.one("form"), context, "form"),
    entry("form-links", FormLinks, { context }),
    entry("form-access", FieldAccess, { context }),
  ]);
}

// ---- lists ----

function list(word, context) {
  const { model } = context;
  return {
    id: word, label: label(WORDS[word]), component: ListGroup, translate,
    shouldOpen: ["document", "deadline", "message", "start"].includes(word),
    items: model.all(word).map((element, index) => item(word, element, context, `${model.element.id}-${word}-${index}`)),
    add: (event) => { event.stopPropagation(); context.add(word, FIRST[word] ?? {}); },
  };
}

function item(word, element, context, id) {
  const entries = entriesOf(word, element, context, id);
  return {
    id, label: titleOf(element, context.names), autoFocusEntry: entries[0]?.id,
    entries: withKids({ entries }, word, element, context, id).entries,
    remove: (event) => { event.stopPropagation(); context.remove(element); },
  };
}

// Elements inside of one of ours: payload, fields, parameters.
function withKids(into, word, element, context, id) {
  if (!element || !WORDS[word].kids) return into;
  const kids = WORDS[word].kids.filter((kid) => word !== "message" || context.model.sends || element.parts?.some((part) => wordOf(part) === kid))
    .map((kid) => entry(`${id}-${kid}`, Parts, { kid, owner: element, context }));
  return { ...into, entries: [...into.entries, ...kids] };
}

// `owner`: the word that has them (`element` is what the library calls the shape); it may be missing if `word` is to be made.
function Parts({ id, kid, owner, context, word }) {
  const parts = (owner?.parts ?? []).filter((part) => wordOf(part) === kid);
  const { model } = context;
  return h("div", { class: "bio-properties-panel-entry parts", "data-entry-id": id },
    h("div", { class: "parts-head" },
      h("span", { class: "bio-properties-panel-label" }, `${label(WORDS[kid])}（${parts.length}）`),
      h("button", { type: "button", class: "parts-add", onClick: () => context.change(() => (owner ? model.addPart(owner, kid) : model.addWith(word, kid))) }, `+ ${say("add")}`)),
    parts.map((part, index) => h(Part, { key: `${id}-${index}`, id: `${id}-${index}`, kid, part, parent: owner, context })));
}

function Part({ id, kid, part, parent, context }) {
  const entries = entriesOf(kid, part, context, id);
  const title = titleOf(part, context.names), [isOpen, setOpen] = useState(!title);
  return h("details", { class: "part", open: isOpen, onToggle: ({ target }) => setOpen(target.open) },
    h("summary", null, title || say("empty"),
      h("button", { type: "button", class: "part-remove", "aria-label": `${say("remove")} ${title}`,
        onClick: (event) => { event.preventDefault(); context.change(() => remove(context.model, parent, part)); } }, "×")),
    entries.map(({ component, ...props }) => h(component, { key: props.id, ...props })));
}

// A word that stands for its parts alone goes with the last of them.
function remove(model, parent, part) {
  if (parent.parts.length === 1 && !Object.keys(WORDS[wordOf(parent)].has).length) model.remove(parent);
  else model.removePart(parent, part);
}

function order(context) {
  return group("order", say("order"), [entry("order", Order, { context })], false);
}
