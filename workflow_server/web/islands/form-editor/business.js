/** @jsxRuntime automatic */
// What our server reads beside form-js: sources, classes, money, rows, initial values, rules over several fields.
import { createElement as h } from "preact";
import { say } from "../drafting/texts.js";

const OPTIONS = new Set(["select", "radio", "checklist", "taglist"]);
const TYPED = new Set(["textfield", "textarea", "number", "datetime", "select", "radio", "checklist", "taglist", "checkbox", "filepicker"]);

const propertiesOf = (field) => field.properties ?? {};

// A property that is emptied is taken away; with none left so are the properties.
function changed(field, changes) {
  const kept = { ...propertiesOf(field), ...changes };
  Object.keys(kept).forEach((key) => { if (kept[key] === undefined || kept[key] === "") delete kept[key]; });
  return Object.keys(kept).length ? kept : undefined;
}

function Labelled({ id, label, help, children }) {
  return h("div", { class: "bio-properties-panel-entry", "data-entry-id": id }, h("label", { class: "bio-properties-panel-label", for: `business-${id}` }, label),
    children, help && h("div", { class: "bio-properties-panel-description" }, help));
}

function Choice({ id, label, help, value, options, put }) {
  return h(Labelled, { id, label, help }, h("select", { id: `business-${id}`, class: "bio-properties-panel-input", value,
    onChange: ({ target }) => put(target.value) }, ...options.map(([key, text]) => h("option", { key, value: key, selected: key === value }, text))));
}

function Line({ id, label, help, value, put, type = "text" }) {
  return h(Labelled, { id, label, help }, h("input", { id: `business-${id}`, class: "bio-properties-panel-input", type, value: value ?? "", min: 0, max: 200,
    onChange: ({ target }) => put(target.value) }));
}

function Tick({ id, label, help, value, put }) {
  return h("div", { class: "bio-properties-panel-entry", "data-entry-id": id }, h("label", { class: "bio-properties-panel-label" },
    h("input", { type: "checkbox", checked: value, onChange: ({ target }) => put(target.checked) }), " ", label),
  help && h("div", { class: "bio-properties-panel-description" }, help));
}

const entry = (id, component, isEdited) => ({ id: `business-${id}`, component, isEdited: () => isEdited });

export class Business {
  constructor(vocabulary) {
    this.vocabulary = vocabulary;
  }

  // The provider of the properties panel: our group stands after what everybody has.
  getGroups(field, edit) {
    return (groups) => {
      if (!field) return groups;
      const own = field.type === "default" ? this.ruleEntries(field, edit) : this.entries(field, edit);
      // Options come from one place: with a source of ours form-js's own are nothing to set.
      const hidden = ["custom-values", ...(propertiesOf(field).source ? ["valuesSource", "staticOptions", "dynamicOptions", "optionsExpression"] : [])];
      const others = groups.filter(({ id }) => !hidden.includes(id));
      others.forEach((group) => { group.entries = group.entries?.filter(({ id }) => id !== "versionTag"); });
      if (!own.length) return others;
      const group = { id: "business", label: field.type === "default" ? say("rules") : say("business"), entries: own, shouldOpen: true };
      return [...others.slice(0, 1), group, ...others.slice(1)];
    };
  }

  entries(field, edit) {
    const { type } = field, properties = propertiesOf(field), found = [];
    const put = (changes) => edit(field, ["properties"], changed(field, changes));
    const line = (name, label, more = {}) => entry(name, () => h(Line, { id: name, label, value: properties[name], put: (value) => put({ [name]: value }), ...more }), name in properties);
    const choice = (name, label, options, help, store = (value) => put({ [name]: value })) => entry(name, () => h(Choice, {
      id: name, label, help, value: properties[name] ?? "", options, put: store }), name in properties);
    if (OPTIONS.has(type)) found.push(...this.sourceEntries(field, edit, choice));
    if (TYPED.has(type)) found.push(choice("class", say("class_"), this.listed("classes", "key", "label", say("noSource")), say("classHelp")));
    if (type === "number") found.push(entry("money", () => h(Tick, { id: "money", label: say("money"), help: say("moneyHelp"), value: properties.money === "fen",
      put: (ticked) => put({ money: ticked ? "fen" : undefined }) }), "money" in properties));
    if (type === "dynamiclist") found.push(line("minRows", say("minRows"), { type: "number" }), line("maxRows", say("maxRows"), { type: "number" }));
    if (TYPED.has(type) || type === "dynamiclist") found.push(line("initial", say("initial"), { help: say("initialHelp") }));
    return found;
  }

  listed(list, key, label, none) {
    return [["", none], ...(this.vocabulary[list] ?? []).map((each) => [each[key], each[label] ?? each[key]])];
  }

  // A vocabulary has no name of its own: its first entries tell what it is.
  vocabularies() {
    return [["", say("noSource")], ...(this.vocabulary.vocabularies ?? []).map(({ key, options }) => [key,
      `${key}（${options.slice(0, 3).map(({ label }) => label).join("、")}${options.length > 3 ? "…" : ""}）`])];
  }

  sourceEntries(field, edit, choice) {
    const { source } = propertiesOf(field);
    const clear = (value) => {
      const properties = Object.fromEntries(Object.entries(propertiesOf(field)).filter(([name]) => name !== "source" && !name.startsWith("source.")));
      if (value) properties.source = value;
      edit(field, ["properties"], Object.keys(properties).length ? properties : undefined);
    };
    const found = [choice("source", say("source_"), [["", say("noSource")], ["people", say("people")], ["organisations", say("organisations")],
      ["vocabulary", say("vocabulary")]], say("sourceHelp"), clear)];
    if (source === "people") found.push(choice("source.role", say("role"), this.listed("roles", "key", "label", say("any"))));
    if (source === "organisations") found.push(choice("source.party", say("party"), [["", say("any")], ...(this.vocabulary.parties ?? []).map((one) => [one, one])]));
    if (source === "vocabulary") found.push(choice("source.vocabulary", say("whichVocabulary"), this.vocabularies()));
    return found;
  }

  ruleEntries(field, edit) {
    const rules = propertiesOf(field).rules ?? [];
    const put = (next) => edit(field, ["properties"], changed(field, { rules: next.length ? next : undefined }));
    const change = (index, name, value) => put(rules.map((rule, at) => (at === index ? { ...rule, [name]: value } : rule)));
    const found = rules.map((rule, index) => entry(`rule-${index}`, () => h("fieldset", { class: "bio-properties-panel-entry" },
      ...[["when", say("when")], ["field", say("field")], ["message", say("message")]].map(([name, label]) => h(Line, {
        key: name, id: `rule-${index}-${name}`, label, value: rule[name], put: (value) => change(index, name, value) })),
      h("button", { type: "button", class: "btn btn-sm", onClick: () => put(rules.filter((_rule, at) => at !== index)) }, say("removeRule"))), true));
    found.push(entry("rule-new", () => h("div", { class: "bio-properties-panel-entry" }, h("div", { class: "bio-properties-panel-description" }, say("rulesHelp")),
      h("button", { type: "button", class: "btn btn-sm", onClick: () => put([...rules, { when: "=", field: "", message: "" }]) }, say("addRule"))), false));
    return found;
  }
}
