// One field of the panel for each attribute of our words, made from the table in words.js.
import { h } from "@bpmn-io/properties-panel/preact";
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { label as labelled, language, say } from "./texts.js";
import { isClockWork, PATTERNS, WORDS, wordOf } from "./words.js";
import { ValueEntry } from "./value.js";

const inputId = (id) => `bio-properties-panel-${id}`;

export function Field({ id, label, isRequired, error, help, children, isChinese }) {
  return h("div", { class: `bio-properties-panel-entry${error ? " has-error" : ""}`, "data-entry-id": id },
    h("label", { class: "bio-properties-panel-label", for: inputId(id) }, label, isRequired ? " *" : ""),
    children,
    error ? h("div", { class: "bio-properties-panel-error", role: "status" }, error) : null,
    help ? h("div", { class: "bio-properties-panel-description", lang: isChinese ? "zh-CN" : undefined }, help) : null);
}

function wrong(kind, text, isRequired) {
  if (!text) return isRequired ? say("required") : null;
  const pattern = PATTERNS[kind];
  if (!pattern || new RegExp(`^(?:${pattern[0]})$`).test(text)) return null;
  return say("shouldBe", { kind: pattern[language === "en" ? 2 : 1] });
}

export function TextEntry({ id, label, help, getValue, setValue, kind, isRequired, among, check, multiline }) {
  const given = getValue() ?? "";
  const [text, setText] = useState(given);
  const last = useRef(given), leave = useRef(null);
  useEffect(() => {
    setText(given);
    last.current = given;
  }, [given]);
  const error = wrong(kind, text.trim(), isRequired) ?? (text !== given && check ? check(text.trim()) : null);
  const give = () => {
    const now = multiline ? text.trimEnd() : text.trim();
    if (now === last.current || (check && check(now))) return;
    last.current = now;
    setValue(now === "" ? undefined : now);
  };
  // The canvas takes the focus without a blur: what was typed is taken along.
  leave.current = give;
  useEffect(() => () => leave.current(), []);
  return h(Field, { id, label, isRequired, error, help },
    h(multiline ? "textarea" : "input", {
      id: inputId(id), class: "bio-properties-panel-input", autocomplete: "off", spellcheck: false, value: text, rows: multiline ? 2 : undefined,
      type: multiline ? undefined : "text", list: among ? `${inputId(id)}-list` : undefined, "aria-invalid": error ? "true" : "false",
      onInput: ({ target }) => setText(target.value), onChange: give, onBlur: give,
      onKeyDown: (event) => { if (event.key === "Enter" && !multiline) give(); },
    }),
    among ? h("datalist", { id: `${inputId(id)}-list` }, among.map((each) => h("option", { value: each, key: each }))) : null);
}

export function ChoiceEntry({ id, label, help, getValue, setValue, options, isRequired, isChinese }) {
  const value = getValue() ?? "";
  const isKnown = value === "" || options.some(([key]) => key === value);
  return h(Field, { id, label, isRequired, help, error: isRequired && !value ? say("required") : null },
    h("select", { id: inputId(id), class: "bio-properties-panel-input", value, lang: isChinese ? "zh-CN" : undefined,
      onChange: ({ target }) => setValue(target.value || undefined) },
    h("option", { value: "" }, say(isRequired ? "choose" : "none")),
    isKnown ? null : h("option", { value }, say("unknown", { value })),
    options.map(([key, text]) => h("option", { value: key, key }, text))));
}

// Several of a list: what is chosen stands as chips, the rest is in the select.
export function SeveralEntry({ id, label, help, getValue, setValue, options, isRequired }) {
  const chosen = (getValue() ?? "").split(" ").filter(Boolean);
  const names = new Map(options);
  const set = (now) => setValue(now.length ? now.join(" ") : undefined);
  return h(Field, { id, label, isRequired, help, error: isRequired && !chosen.length ? say("required") : null },
    chosen.length ? h("ul", { class: "chips" }, chosen.map((each) => h("li", { class: names.has(each) ? "chip" : "chip is-unknown", key: each },
      h("span", { lang: "zh-CN" }, names.get(each) ?? say("unknown", { value: each })),
      h("button", { type: "button", "aria-label": `${say("remove")} ${each}`, onClick: () => set(chosen.filter((other) => other !== each)) }, "×")))) : null,
    h("select", { id: inputId(id), class: "bio-properties-panel-input", value: "", lang: "zh-CN", onChange: ({ target }) => target.value && set([...chosen, target.value]) },
      h("option", { value: "" }, say("add")),
      options.filter(([key]) => !chosen.includes(key)).map(([key, text]) => h("option", { value: key, key }, text))));
}

export function TickEntry({ id, label, help, getValue, setValue }) {
  return h("div", { class: "bio-properties-panel-entry bio-properties-panel-checkbox-entry", "data-entry-id": id },
    h("label", { class: "bio-properties-panel-checkbox tick" },
      h("input", { id: inputId(id), type: "checkbox", checked: Boolean(getValue()), onChange: ({ target }) => setValue(target.checked) }), " ", label),
    help ? h("div", { class: "bio-properties-panel-description" }, help) : null);
}

// ---- from the table ----

// Whether an attribute matters beside what the others say now. What is written is always shown.
function isShown(name, attribute, element, model) {
  if (element?.get(name)) return true;
  if (attribute.sends && !model.sends) return false;
  if (!attribute.for) return true;
  return Object.entries(attribute.for).some(([other, values]) => values.includes(element?.get(other)));
}

// `element` may be missing: of a word that stands once, the first attribute makes it.
export function entriesOf(word, element, context, prefix) {
  const { model, names } = context;
  return Object.entries(WORDS[word].has)
    .filter(([name, attribute]) => isShown(name, attribute, element, model))
    .map(([name, attribute]) => {
      const set = (now) => context.set(word, element, name, now);
      const made = entryOf(`${prefix}-${name}`, word, name, attribute, element, set, names);
      return word === "operation" && !element && model.all("deadline").some(isClockWork) ? { ...made, isRequired: false } : made;
    });
}

function entryOf(id, word, name, attribute, element, set, names) {
  const common = {
    id, label: labelled(attribute), help: attribute.help ? labelled(attribute.help) : undefined,
    isRequired: attribute.must && Boolean(element || ["form", "operation", "process"].includes(word)),
    getValue: () => element?.get(name), setValue: set, names,
  };
  const scope = element ?? { $type: `wf:${word}` };
  const seen = { ...Object.fromEntries(Object.keys(WORDS[word].has).map((each) => [each, element?.get(each)])),
    $parent: element?.$parent, $type: scope.$type };
  const options = attribute.pick ? names().options(attribute.pick, seen) : null;
  if (attribute.t === "choice") return { id, component: ChoiceEntry, ...common, options: attribute.one.map(([key, ...texts]) => [key, labelled(texts)]) };
  if (attribute.t === "value") {
    const among = Array.isArray(attribute.among) ? attribute.among.map(([key, ...texts]) => [key, labelled(texts)]) : null;
    return { id, component: ValueEntry, ...common, alwaysFeel: attribute.feel ? "signed" : undefined, options: among ?? (options?.length ? options : null), hint: basis(attribute, element, name, names) };
  }
  if (attribute.t === "ids" || attribute.t === "keys") return { id, component: SeveralEntry, ...common, options: options ?? [] };
  if (options?.length) return { id, component: ChoiceEntry, ...common, options, isChinese: attribute.pick !== "operations" };
  return { id, component: TextEntry, ...common, kind: attribute.t, among: attribute.among };
}

// What a rule of law rests on stands below the rule.
function basis(attribute, element, name, names) {
  if (attribute.pick !== "deadline_rules" || !element?.get(name)) return undefined;
  const rule = names().vocabulary.get("deadline_rules", element.get(name));
  return rule?.basis ? say("basis", { basis: rule.basis }) : undefined;
}

export const titleOf = (element, names) => {
  const word = wordOf(element), { name } = WORDS[word], attribute = WORDS[word].has[name], value = element.get(name);
  const named = attribute?.pick && value ? new Map(names().options(attribute.pick, { $parent: element.$parent })).get(value) : null;
  const extra = element.get("moment") ?? (word === "record" || word === "deadline" ? element.get("operation") : null);
  const choiceName = extra && Object.values(WORDS[word].has).flatMap((each) => each.one ?? []).find(([key]) => key === extra);
  return [(named ?? value) || "", choiceName ? labelled(choiceName.slice(1)) : ""].filter(Boolean).join(" · ");
};
