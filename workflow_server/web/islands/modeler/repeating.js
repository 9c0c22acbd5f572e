// Activities that are done several times: the mark, what it goes through, and when it is enough.
import { ChoiceEntry, TextEntry, TickEntry, entriesOf } from "./entries.js";
import { Model } from "./model.js";
import { say } from "./texts.js";
import { ValueEntry } from "./value.js";
import { WORDS } from "./words.js";

const entry = (id, component, more) => ({ id, component, ...more });
const COUNTED = [["nrOfInstances", "共几项", "how many there are"], ["nrOfActiveInstances", "正在办几项", "how many are being done"],
  ["nrOfCompletedInstances", "已办完几项", "how many are done"], ["loopCounter", "第几次（从 1 起）", "which turn, from 1"]];

// Reads and changes the mark of an activity.
export class Mark extends Model {
  get holder() { return this.shown.loopCharacteristics; }

  get kind() {
    if (!this.holder) return "";
    return this.holder.$type === "bpmn:StandardLoopCharacteristics" ? "standard" : this.holder.isSequential ? "sequential" : "parallel";
  }

  setKind(kind) {
    const isMulti = ["parallel", "sequential"].includes(kind), attributes = isMulti ? { isSequential: kind === "sequential" } : {};
    if (isMulti && ["parallel", "sequential"].includes(this.kind)) return this.update(this.holder, attributes);
    const made = kind && this.factory.create(`bpmn:${isMulti ? "MultiInstance" : "Standard"}LoopCharacteristics`, attributes);
    if (made) made.$parent = this.shown;
    return this.rename({ loopCharacteristics: made || undefined });
  }

  get counts() { return Boolean(this.holder.loopCardinality); }

  setCounts(counts) {
    this.together(() => {
      if (counts && this.one("each")) this.setOnce("each", "items", undefined);
      this.update(this.holder, { loopCardinality: counts ? this.expression("", this.holder) : undefined });
    });
  }

  text(name) { return this.holder[name]?.body; }

  setText(name, text, keeps) { this.update(this.holder, { [name]: text || keeps ? this.expression(text ?? "", this.holder) : undefined }); }
}

export function repeatingEntries(context) {
  const mark = new Mark(context.model.modeler, context.model.element), { kind } = mark, { change } = context;
  const kinds = ["parallel", "sequential", "standard"].map((each) => [each, say(`loop_${each}`)]);
  const first = entry("loop-kind", ChoiceEntry, { label: say("loopKind"), getValue: () => kind, options: kinds, setValue: (now) => change(() => mark.setKind(now)) });
  if (!kind) return [first];
  return [first, ...(kind === "standard" ? standard(context, mark) : multi(context, mark))];
}

// What is known within: the counters beside all else.
const within = (context, counted) => () => ({ options: (...given) => context.names().options(...given), facts: () => context.names().facts(),
  get vocabulary() { return context.names().vocabulary; }, suggestions: () => [...counted, ...context.names().suggestions()] });

function multi(context, mark) {
  const { change } = context;
  const inner = { ...context, model: mark, names: within(context, COUNTED.slice(3)), set: (word, _each, name, value) => change(() => mark.setOnce(word, name, value)) };
  const words = Object.fromEntries(entriesOf("each", mark.one("each"), inner, "each").map((each, index) => [Object.keys(WORDS.each.has)[index], each]));
  const over = entry("loop-over", ChoiceEntry, { label: say("loopOver"), isRequired: true, getValue: () => (mark.counts ? "number" : "list"),
    options: [["list", say("loopList")], ["number", say("loopNumber")]], setValue: (now) => now && change(() => mark.setCounts(now === "number")) });
  const number = entry("loop-number", ValueEntry, { label: say("loopTimes"), help: say("loopTimesHelp"), alwaysFeel: true, isRequired: true, names: context.names,
    getValue: () => mark.text("loopCardinality"), setValue: (text) => change(() => mark.setText("loopCardinality", text, true)) });
  const done = entry("loop-until", ValueEntry, { label: say("loopUntil"), help: say("loopUntilHelp"), alwaysFeel: true, names: within(context, COUNTED),
    getValue: () => mark.text("completionCondition"), setValue: (text) => change(() => mark.setText("completionCondition", text)) });
  return [over, ...(mark.counts ? [number] : [{ ...words.items, isRequired: true }, words.as]), words.result, words.into, done];
}

function standard(context, mark) {
  const { change } = context, { holder } = mark;
  return [
    entry("loop-while", ValueEntry, { label: say("loopWhile"), help: say("loopWhileHelp"), alwaysFeel: true, isRequired: true, names: within(context, COUNTED.slice(3)),
      getValue: () => mark.text("loopCondition"), setValue: (text) => change(() => mark.setText("loopCondition", text)) }),
    entry("loop-before", TickEntry, { label: say("loopBefore"), getValue: () => holder.testBefore, setValue: (testBefore) => change(() => mark.update(holder, { testBefore })) }),
    entry("loop-maximum", TextEntry, { label: say("loopMaximum"), help: say("loopMaximumHelp"), getValue: () => (holder.loopMaximum === undefined ? "" : String(holder.loopMaximum)),
      check: (text) => (text === "" || (/^[1-9]\d{0,4}$/.test(text) && Number(text) <= 10_000) ? null : say("loopMaximumWrong")),
      setValue: (text) => change(() => mark.update(holder, { loopMaximum: text === undefined ? undefined : Number(text) })) }),
  ];
}
