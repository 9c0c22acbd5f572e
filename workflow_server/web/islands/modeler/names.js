// What an expression may name at a place, and what else can be chosen from the diagram itself.
import { is } from "bpmn-js/lib/util/ModelUtil";
import { label as labelled } from "./texts.js";
import { OPERATIONS, wordOf } from "./words.js";

const GIVEN = [
  ["this", "刚填写的内容或刚收到的消息", "the answers just given, or the message received"],
  ["answers", "按环节：历次填写的内容", "by element: all answers given"],
  ["messages", "按类型：收到的消息", "by type: what was received"],
  ["documents", "按种类：最新的文书", "by kind: the newest document"],
  ["records", "按种类：最近建立的台账", "by kind: the record opened last"],
  ["deadlines", "按名称：最新的期限", "by name: the newest deadline"],
  ["organisation.id", "承办单位", "the host"], ["organisation.name", "承办单位名称", "the host's name"],
  ["actor.id", "办理人", "who acts"], ["actor.name", "办理人姓名", "their name"], ["actor.role", "办理人角色", "their role"],
  ["case.id", "本案", "this case"], ["case.business_key", "案件编号", "the case number"], ["case.started_on", "立案日期", "the day it started"],
  ["names", "所选人员和单位的名称", "names of people and organisations picked"], ["today", "今天", "today"],
];
const DOCUMENT = ["id", "title", "number", "issued_on", "served_on", "status"];
const RECORD = ["id", "number", "title", "state"];
const DEADLINE = ["id", "rule", "rules", "label", "start", "due", "raw_due", "due_at", "provisional", "explanation", "status"];
const FUNCTIONS = [["get value(names, )", "按标识取名称", "a name by its id"], ["date()", "日期", "a date"], ["duration()", "时长", "a duration"],
  ["string()", "转为文字", "as text"], ["number()", "转为数字", "as a number"], ["count()", "个数", "how many"], ["sum()", "合计", "sum"],
  ["contains()", "是否包含", "contains"], ["list contains()", "列表中是否有", "whether a list has"], ["concatenate()", "连接列表", "join lists"],
  ["append()", "列表中加上", "append to a list"], ["string join()", "连成一段文字", "join texts"], ["substring()", "取一段文字", "a part of a text"],
  ["not()", "取反", "negation"], ["is defined()", "是否已有", "whether it is there"], ["get or else()", "没有时用", "or else"],
  ["if then else", "如果…就…否则", "if … then … else"], ["some in satisfies", "有一个满足", "some … satisfies"], ["every in satisfies", "每个都满足", "every … satisfies"]];

export function processOf(businessObject) {
  let at = businessObject;
  while (at && at.$type !== "bpmn:Process") at = at.$parent;
  return at;
}

export class Names {
  constructor(model, vocabulary) {
    this.model = model;
    this.vocabulary = vocabulary;
    this.process = model.holder.$type === "bpmn:Process" ? model.holder : processOf(model.shown);
  }

  elements() {
    const inside = (container) => (container?.flowElements ?? []).flatMap((each) => [each, ...inside(each)]);
    return inside(this.process).filter((each) => each.$type !== "bpmn:SequenceFlow");
  }

  words(kind) {
    return this.elements().flatMap((each) => each.extensionElements?.values ?? []).filter((each) => wordOf(each) === kind);
  }

  facts() {
    const found = [...this.words("output"), ...this.words("number")].map(({ name }) => name);
    const results = this.words("operation").map(({ result }) => result);
    const gathered = this.elements().map((each) => this.each(each)?.into);
    return [...new Set([...found, ...results, ...gathered])].filter(Boolean).sort();
  }

  each(businessObject) { return businessObject.loopCharacteristics?.extensionElements?.values?.find((one) => wordOf(one) === "each"); }

  // What an item is called in the activities around, and which turn it is.
  items() {
    const found = [];
    for (let at = this.model.shown; at && at !== this.process; at = at.$parent) {
      if (at.loopCharacteristics) found.push([this.each(at)?.as, "这一项", "this item"], ["loopCounter", "第几次（从 1 起）", "which turn, from 1"]);
    }
    return found.filter(([name]) => name);
  }

  // What calls brought back, what was caught, and what stands in data objects.
  brought() {
    const all = this.elements(), isCaught = (each) => ["bpmn:BoundaryEvent", "bpmn:StartEvent"].includes(each.$type)
      && /:(Error|Escalation)Event/.test(each.eventDefinitions?.[0]?.$type);
    const called = this.model.shown.calledElement && this.vocabulary.get("processes", this.model.shown.calledElement);
    return [
      ...(called?.facts ?? []).map((name) => [`this.${name}`, "被调用流程的事实", "fact of the called process"]),
      ...all.filter((each) => each.$type === "bpmn:DataObject").map((each) => [`data.${each.id}`, "数据对象", "data object"]),
      ...all.filter((each) => each.$type === "bpmn:CallActivity").map((each) => [`results.${each.id}[-1]`, each.name ?? "", each.name ?? ""]),
      ...all.filter(isCaught).map((each) => [`errors.${each.id}[-1].code`, each.name ?? "", each.name ?? ""]),
    ];
  }

  deadlines() { return [...new Set(this.words("deadline").filter((each) => (each.operation ?? "start") === "start").map((each) => each.name))].filter(Boolean); }

  actOf(businessObject) { return (businessObject.extensionElements?.values ?? []).find((each) => wordOf(each) === "act"); }

  formKeys(businessObject) {
    const forms = (businessObject.extensionElements?.values ?? []).filter((each) => wordOf(each) === "form").map(({ key }) => key);
    const own = [...forms, this.actOf(businessObject)?.form].filter(Boolean);
    if (businessObject.$type !== "bpmn:StartEvent" || businessObject.eventDefinitions?.length) return own;
    const starts = (this.process?.extensionElements?.values ?? []).filter((each) => wordOf(each) === "start");
    return [...own, ...starts.filter((each) => !each.element || each.element === businessObject.id).map(({ form }) => form)].filter(Boolean);
  }

  fieldsOf(businessObject) {
    return this.formKeys(businessObject).flatMap((key) => this.vocabulary.form(key)?.fields ?? []);
  }

  fields() { return this.fieldsOf(this.model.shown); }

  // What can be chosen from the diagram: [[value, label]].
  options(list, attributes = {}) {
    const named = (each) => [each.id, each.name ? `${each.name}（${each.id}）` : each.id];
    const all = this.elements();
    const tasks = all.filter((each) => each.$type === "bpmn:UserTask");
    const starts = all.filter((each) => each.$type === "bpmn:StartEvent");
    switch (list) {
      case "@tasks": return tasks.map(named);
      case "@starts": return starts.filter((each) => !each.eventDefinitions?.length).map(named);
      case "@separable": return [...starts, ...tasks, ...all.filter((each) => this.actOf(each) && !starts.includes(each))].map(named);
      case "@elements": return all.map(named);
      case "@deadlines": return this.deadlines().map((name) => [name, name]);
      case "@fields": return this.picked(attributes).map(({ path, label }) => [path, label ? `${label}（${path}）` : path]);
      case "@states": return (this.vocabulary.record(attributes.kind ?? attributes.record)?.states ?? []).map((state) => [state, state]);
      case "@recordFields": return (this.vocabulary.record(attributes.$parent?.kind)?.fields ?? []).map(({ key, label }) => [key, `${label}（${key}）`]);
      case "@parameters": return this.vocabulary.parameters(attributes.$parent?.name).map((name) => [name, name]);
      case "operations": return this.vocabulary.list(list).map(({ name }) => [name, OPERATIONS[name] ? `${labelled(OPERATIONS[name])} (${name})` : name]);
      default: return this.vocabulary.options(list);
    }
  }

  // The fields where people can be picked: of the task named, of the start form, or of all before.
  picked(attributes) {
    if (attributes.$type !== "wf:Assign") return this.fields();
    const named = this.elements().find((each) => each.id === attributes.task);
    const from = named ? [named] : this.elements().filter((each) => (
      attributes.strategy === "chosen_by_starter" ? each.$type === "bpmn:StartEvent" : this.formKeys(each).length));
    const seen = new Map(from.flatMap((each) => this.fieldsOf(each)).map((field) => [field.path, field]));
    return [...seen.values()];
  }

  // Everything that FEEL knows here: [text, 中文, English].
  suggestions() {
    const known = (texts, zh, en) => texts.map((each) => [each, zh, en]);
    const opened = [...new Set(this.words("record").filter((each) => each.operation === "open").map(({ kind }) => kind))];
    const made = [...new Set(this.words("document").map(({ kind }) => kind))];
    const through = (head, kinds, parts, zh, en) => kinds.filter(Boolean).flatMap((kind) => parts(kind).map((part) => [`${head}.${kind}.${part}`, zh(kind), en]));
    const called = (kind) => this.vocabulary.record(kind)?.label ?? kind;
    return [
      ...this.fields().map(({ path, label }) => [`this.${path}`, label ?? "", label ?? ""]),
      ...this.items(), ...known(this.facts(), "事实", "fact"), ...this.brought(),
      ...through("documents", made, () => DOCUMENT, (kind) => this.vocabulary.named("documents", kind), "document"),
      ...through("records", opened, (kind) => [...RECORD, ...(this.vocabulary.record(kind)?.fields ?? []).map(({ key }) => key)], called, "record"),
      ...through("deadlines", this.deadlines(), () => DEADLINE, (name) => `期限 ${name}`, "deadline"),
      ...this.elements().filter((each) => this.formKeys(each).length).flatMap((each) => [[`answers.${each.id}[-1]`, each.name ?? "", each.name ?? ""],
        ...this.fieldsOf(each).filter(({ path }) => !path.includes(".")).map(({ path, label }) => [`answers.${each.id}[-1].${path}`, label ?? "", label ?? ""])]),
      ...this.vocabulary.list("parameters").map(({ key, label }) => [`parameters.${key}`, label, label]),
      ...GIVEN, ...FUNCTIONS,
    ];
  }
}

// ---- what the draft offers, whatever small differences its lists have ----

const LISTS = { deadline_rules: "rules", message_types: "messages", data_classes: "classes" };
const keyOf = (each) => (typeof each === "string" ? each : each.key ?? each.code ?? each.name ?? each.id);
const labelOf = (each) => (typeof each === "string" ? each : each.label ?? each.title ?? each.name ?? keyOf(each));

export class Vocabulary {
  constructor(given = {}) { this.given = given; }

  list(name) { return this.given[LISTS[name] ?? name] ?? []; }

  get(name, key) { return this.list(name).find((each) => keyOf(each) === key); }

  record(key) { return this.get("records", key); }

  form(key) { return this.get("forms", key); }

  // What has a plain start can be called, but nothing that comes back to the caller.
  mayCall(caller, called) { return Boolean(this.get("processes", called)?.is_callable) && this.leaves(caller, called, []); }

  // Whether no call of a process, or of what it calls, leads to the caller.
  leaves(caller, called, seen) {
    if (called === caller) return false;
    return seen.includes(called) || (this.get("processes", called)?.calls ?? []).every((each) => this.leaves(caller, each, [...seen, called]));
  }

  named(list, key) { const found = this.get(list, key); return found ? labelOf(found) : key ?? ""; }

  parameters(operation) {
    const found = this.get("operations", operation);
    return found ? [...(found.required ?? []), ...(found.optional ?? []), ...(found.parameters ?? []).map(keyOf)] : [];
  }

  options(name) {
    return this.list(name).map((each) => {
      const key = keyOf(each), label = labelOf(each);
      return [key, label === key ? key : `${label}（${key}）`];
    });
  }
}

export const isPool = (element) => is(element, "bpmn:Participant");
