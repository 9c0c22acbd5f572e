// Entries of a task that are more than one field: trial, form, access to its fields, order of effects.
import { h } from "@bpmn-io/properties-panel/preact";
import { useState } from "@bpmn-io/properties-panel/preact/hooks";
import { titleOf } from "./entries.js";
import { processOf } from "./names.js";
import { label, say } from "./texts.js";
import { WORDS, wordOf } from "./words.js";

export function Order({ context }) {
  const { model } = context, effects = model.effects();
  return h("div", { class: "bio-properties-panel-entry" },
    h("div", { class: "bio-properties-panel-description" }, say("orderHelp")),
    h("ol", { class: "order" }, effects.map((each, index) => {
      const title = `${label(WORDS[wordOf(each)])} ${titleOf(each, context.names)}`;
      const move = (key, step) => h("button", { type: "button", title: say(key), "aria-label": `${say(key)} ${title}`,
        disabled: !effects[index + step], onClick: () => context.change(() => model.move(each, step)) }, step < 0 ? "↑" : "↓");
      return h("li", { key: `${index}-${title}` }, h("span", { lang: "zh-CN" }, title), move("up", -1), move("down", 1));
    })));
}

// ---- the form ----

export function FormLinks({ context }) {
  const { model, draft } = context, key = model.one("form")?.key;
  const [asking, setAsking] = useState(false);
  const path = names(context).vocabulary.form(key)?.path ?? `forms/${key}.json`;
  return h("div", { class: "bio-properties-panel-entry panel-buttons" },
    key && draft.id ? h("a", { class: "btn btn-sm", href: draft.pageOf(path) }, say("openForm")) : null,
    draft.id && !draft.isReadOnly ? h("button", { type: "button", class: "btn btn-sm", onClick: () => setAsking(!asking) }, say("newForm")) : null,
    asking ? h(NewForm, { context, done: () => setAsking(false) }) : null);
}

const names = (context) => context.names();
const snake = (id) => id.replace(/([a-z0-9])([A-Z])/g, "$1_$2").toLowerCase().replace(/[^a-z0-9_]/g, "_").replace(/^activity_/, "");

function NewForm({ context, done }) {
  const { model, draft } = context, process = processOf(model.shown);
  const [name, setName] = useState(snake(model.shown.id)), [title, setTitle] = useState(model.shown.name ?? "");
  const [wrong, setWrong] = useState(null);
  const create = async (event) => {
    event.preventDefault();
    if (!/^[a-z0-9_-]+$/.test(name)) return setWrong(say("newFormAsk"));
    const key = `${snake(process?.id ?? "forms")}/${name}`;
    try {
      await draft.makeForm(key, title || name);
      context.change(() => model.setOnce("form", "key", key));
      context.tell(say("formMade", { key }));
      return done();
    } catch (error) { return setWrong(error.message); }
  };
  return h("form", { class: "new-form", onSubmit: create },
    h("label", null, say("newFormAsk"), h("input", { class: "bio-properties-panel-input", name: "form-name", value: name, onInput: ({ target }) => setName(target.value) })),
    h("label", null, say("newFormTitle"), h("input", { class: "bio-properties-panel-input", name: "form-title", value: title, onInput: ({ target }) => setTitle(target.value) })),
    wrong ? h("div", { class: "bio-properties-panel-error", role: "alert" }, wrong) : null,
    h("button", { class: "btn btn-sm btn-primary" }, say("create")), " ",
    h("button", { type: "button", class: "btn btn-sm", onClick: done }, say("cancel")));
}

export function FieldAccess({ context }) {
  const { model } = context, fields = names(context).fields(), rights = new Map(model.all("fieldAccess").map((each) => [each.field, each]));
  const lost = [...rights.keys()].filter((path) => !fields.some((each) => each.path === path)).map((path) => ({ path }));
  if (!fields.length && !lost.length) return null;
  const set = (path, access) => {
    const found = rights.get(path);
    context.change(() => {
      if (!access) model.remove(found);
      else if (found) model.update(found, { access });
      else model.add("fieldAccess", { field: path, access });
    });
  };
  const choices = WORDS.fieldAccess.has.access.one;
  return h("div", { class: "bio-properties-panel-entry" },
    h("table", { class: "access-table" }, h("caption", { class: "bio-properties-panel-label" }, say("fieldsOfForm")),
      h("tbody", null, [...fields, ...lost].map(({ path, label: named }) => h("tr", { key: path },
        h("th", { scope: "row", lang: "zh-CN", title: path }, named ? `${named} ` : "", h("code", null, path)),
        h("td", null, h("select", { "aria-label": `${say("access")} ${path}`, value: rights.get(path)?.access ?? "", onChange: ({ target }) => set(path, target.value) },
          h("option", { value: "" }, say("asForm")),
          choices.map(([key, ...texts]) => h("option", { value: key, key }, label(texts))))))))));
}

// ---- trying out who would get it ----

export function Trial({ context }) {
  const { model, draft } = context, process = processOf(model.shown);
  const [hosts, setHosts] = useState(null), [host, setHost] = useState(""), [answer, setAnswer] = useState(null), [busy, setBusy] = useState(false);
  const party = process?.extensionElements?.values?.find((each) => wordOf(each) === "process")?.party;
  const failed = (error) => setAnswer({ failed: error.message });
  const opened = async ({ target }) => {
    if (!target.open || hosts) return;
    try {
      const found = await draft.hosts(party);
      setHosts(found);
      setHost(found[0]?.id ?? "");
    } catch (error) { failed(error); }
  };
  const run = async () => {
    setBusy(true);
    await draft.trial(process.id, { element_id: model.shown.id, organisation_id: host }).then(setAnswer, failed);
    setBusy(false);
  };
  return h("details", { class: "bio-properties-panel-entry trial", onToggle: opened }, h("summary", null, say("trial")),
    h("div", { class: "bio-properties-panel-description" }, say("trialHelp")),
    h("label", null, say("trialOrganisation"), " ", h("select", { class: "bio-properties-panel-input", lang: "zh-CN", value: host,
      onChange: ({ target }) => setHost(target.value) }, (hosts ?? []).map((each) => h("option", { value: each.id, key: each.id }, each.name)))),
    h("button", { type: "button", class: "btn btn-sm", disabled: busy || !host, onClick: run }, say("trialRun")),
    h("div", { "aria-live": "polite" }, answer ? h(Outcome, { answer }) : null));
}

function Outcome({ answer }) {
  if (answer.failed) return h("p", { class: "bio-properties-panel-error" }, say("trialFailed", { reason: answer.failed }));
  const { outcome, candidates = [], reasons = [], problem } = answer;
  return h("div", { class: "trial-outcome" },
    h("p", null, h("strong", null, say(outcome === "role" ? "byRole" : outcome)), " ",
      h("span", { lang: "zh-CN" }, candidates.map((each) => (each.title ? `${each.name}（${each.title}）` : each.name)).join("、"))),
    problem ? h("p", { class: "bio-properties-panel-error", lang: "zh-CN" }, problem) : null,
    h("ul", { lang: "zh-CN" }, reasons.map((each, index) => h("li", { key: index }, each))));
}

