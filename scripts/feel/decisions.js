// Decision models: what a decision requires, in order, each by its boxed logic; one crossing answers all.
import { builtins, equals, getType, wrapFunction } from "@bpmn-io/feelin";
import * as temporal from "feel-temporal";
import { oddNames, plain, tree, unary } from "./reading.js";
import { quickTest } from "./cells.js";

// What a model refuses to answer: `kind` is a word that the server makes a sentence of.
export class Refused extends Error {
  constructor(kind, at, details) { super(kind); this.told = { kind, at, ...details }; }
}

const KEPT = new Map();
let position = null;

// ---- types: what a value must be, and what is read as one ----

const IS = {
  number: (v) => typeof v === "number",
  string: (v) => typeof v === "string",
  boolean: (v) => typeof v === "boolean",
  date: temporal.isDate,
  time: temporal.isTime,
  "date and time": (v) => temporal.instanceOf(v, "instance of date and time"),
  "days and time duration": (v) => temporal.instanceOf(v, "instance of days and time duration"),
  "years and months duration": (v) => temporal.instanceOf(v, "instance of years and months duration"),
  context: (v) => getType(v) === "context",
};

// JSON has no dates, times and durations: where one is declared, a text is read as one.
const READ = {
  date: (v) => builtins.date(v),
  time: (v) => builtins.time(v),
  "date and time": (v) => builtins["date and time"](v),
  "days and time duration": (v) => builtins.duration(v),
  "years and months duration": (v) => builtins.duration(v),
};

function mismatch(value, type, at, name) {
  return new Refused("type", at, { name, expected: type.name, got: kindOf(value), value: shown(value) });
}

// A name of a file may be one of JavaScript's (`constructor`): only what is there itself counts.
function own(value, name) { return Object.hasOwn(value, name) ? value[name] : null; }

function kindOf(value) { return value instanceof Object && wrapFunction(value) ? "function" : getType(value); }

function shown(value) {
  try { return plain(value); } catch { return null; }
}

function conform(value, type, at, name, reads) {
  if (value === null || value === undefined) return null;
  if (!type) return value;
  if (type.list) {
    const items = Array.isArray(value) ? value : [value];
    return items.map((item, i) => conform(item, type.list, at, `${name}[${i + 1}]`, reads));
  }
  if (Array.isArray(value) && value.length === 1 && type.base !== "Any") [value] = value;
  if (value === null) return null;
  if (type.fields) {
    if (!IS.context(value)) throw mismatch(value, type, at, name);
    value = { ...value };
    for (const [key, inner] of Object.entries(type.fields)) {
      value[key] = conform(own(value, key), inner, at, `${name}.${key}`, reads);
    }
  } else if (type.base && type.base !== "Any") {
    const read = reads && typeof value === "string" && READ[type.base];
    const found = read ? read(value) : value;
    if (found === null || !IS[type.base](found)) throw mismatch(value, type, at, name);
    value = found;
  }
  if (type.allowed && !unary(type.allowed, {}, value)) {
    throw new Refused("allowed", at, { name, allowed: type.allowed, value: shown(value) });
  }
  return value;
}

// ---- boxed logic ----

function call(target, given, at, name) {
  const wrapped = wrapFunction(target);
  if (!wrapped) throw new Refused("no function", at, { name });
  const expected = wrapped.parameterNames.map((each) => each.replace("...", ""));
  if (Object.keys(given).some((each) => !expected.includes(each))) throw new Refused("arguments", at, { name, expected });
  return wrapped.invoke(given) ?? null;
}

function makeFunction(node, scope, name) {
  const names = node.parameters.map((each) => each.name);
  const run = (...values) => {
    if (values.length !== names.length || values.includes(undefined)) {
      throw new Refused("arguments", node.at, { name, expected: names });
    }
    const inner = { ...scope };
    node.parameters.forEach((each, i) => { inner[each.name] = conform(values[i], each.type, node.at, each.name); });
    return conform(evaluate(node.body, inner, name), node.returns, node.at, name);
  };
  return wrapFunction(run, names);
}

const LOGIC = {
  text(node, scope) {
    position.text = node.text;
    return tree(node.text, false)(scope) ?? null;
  },
  context(node, scope) {
    const inner = { ...scope };
    const made = {};
    for (const { name, body, type } of node.entries) {
      inner[name] = made[name] = conform(evaluate(body, inner, name), type, body.at, name);
    }
    return node.result ? evaluate(node.result, inner) : made;
  },
  call(node, scope) {
    const target = LOGIC.text(node.target, scope);
    const given = {};
    for (const { name, body } of node.bindings) given[name] = evaluate(body, scope, name);
    return call(target, given, node.at, node.target.text);
  },
  function: makeFunction,
  list: (node, scope) => node.items.map((item) => evaluate(item, scope)),
  relation: (node, scope) => node.rows.map((row) => (
    Object.fromEntries(row.map((cell, i) => [node.columns[i], evaluate(cell, scope)])))),
  table: decideTable,
};

function evaluate(node, scope, name) {
  const before = position.at;
  position.at = node.at;
  const value = conform(LOGIC[node.kind](node, scope, name), node.type, node.at, name ?? node.name);
  position.at = before;
  return value;
}

// ---- decision tables ----

function inputsOf(node, scope) {
  return node.inputs.map((input) => {
    position.at = input.at;
    const value = conform(LOGIC.text(input, scope), input.type, input.at, input.label, true);
    if (input.allowed && value !== null && !unary(input.allowed, scope, value)) {
      throw new Refused("allowed", input.at, { name: input.label, allowed: input.allowed, value: shown(value) });
    }
    return value;
  });
}

function fits(test, value, scope) {
  if (test === "-") return true;
  const quick = quickTest(test, value);
  if (quick !== null) return quick;
  position.text = test;
  return unary(test, scope, value);
}

function outputOf(node, index, column, scope) {
  const output = node.outputs[column];
  const text = node.rows[index][1][column];
  if (text === "") return null;
  position.text = text;
  const place = node.lines[index];
  const value = conform(tree(text, false)(scope) ?? null, output.type, place, output.label);
  if (output.allowed && value !== null && !unary(output.allowed, scope, value)) {
    throw new Refused("output", place, { name: output.label, allowed: output.allowed, value: shown(value) });
  }
  return value;
}

function single(node, values) {
  if (node.outputs.length === 1) return values[0];
  return Object.fromEntries(node.outputs.map((output, i) => [output.name, values[i]]));
}

function fallback(node, scope) {
  const values = node.outputs.map((output) => {
    if (!output.fallback) return null;
    position.text = output.fallback;
    return conform(tree(output.fallback, false)(scope) ?? null, output.type, output.at, output.label);
  });
  return single(node, values);
}

// Rows by the order in which the allowed values of the outputs are written, the first output first.
function inOrder(node, rows, scope) {
  const orders = node.outputs.map((output) => output.order && output.order.map((text) => tree(text, false)(scope)));
  const ranks = new Map(rows.map((row) => [row, orders.map((order, i) => (
    order ? order.findIndex((one) => same(one, row.values[i])) : 0))]));
  return rows.slice().sort((a, b) => {
    const [left, right] = [ranks.get(a), ranks.get(b)];
    const differing = left.findIndex((rank, i) => rank !== right[i]);
    return differing < 0 ? a.index - b.index : left[differing] - right[differing];
  });
}

function same(a, b) {
  return a === null || b === null ? a === b : equals(a, b) === true;
}

function aggregate(node, rows) {
  if (node.aggregation === "COUNT") return rows.length;
  const values = rows.map((row) => row.values[0]);
  if (values.length === 0) return null;
  const wrong = node.aggregation === "SUM" ? values.findIndex((v) => typeof v !== "number") : values.indexOf(null);
  if (wrong >= 0) throw new Refused("aggregate", node.lines[rows[wrong].index], { value: shown(values[wrong]) });
  if (node.aggregation === "SUM") return values.reduce((sum, v) => sum + v, 0);
  const found = node.aggregation === "MIN" ? builtins.min(values) : builtins.max(values);
  if (found === null) throw new Refused("aggregate", node.at, { value: values.map(shown) });
  return found;
}

function matching(node, inputs, scope) {
  const found = [];
  node.rows.forEach(([tests], index) => {
    if (found.length && node.policy === "FIRST") return;
    position.at = node.lines[index];
    if (tests.every((test, i) => fits(test, inputs[i], scope))) found.push(index);
  });
  return found;
}

function conflict(kind, node, inputs, rows, details) {
  const given = inputs.map((value, i) => [node.inputs[i].label, shown(value)]);
  return new Refused(kind, node.at, { rows, lines: rows.map((row) => node.lines[row]), inputs: given, ...details });
}

function decideTable(node, scope) {
  const inputs = inputsOf(node, scope);
  const found = matching(node, inputs, scope);
  if (node.policy === "UNIQUE" && found.length > 1) throw conflict("several", node, inputs, found);
  if (node.aggregation === "COUNT" && (found.length || !node.fallback)) return found.length;
  if (found.length === 0 && node.fallback) return fallback(node, scope);
  const rows = found.map((index) => {
    position.at = node.lines[index];
    return { index, values: node.outputs.map((_, column) => outputOf(node, index, column, scope)) };
  });
  if (node.aggregation) return aggregate(node, rows);
  if (node.policy === "COLLECT" || node.policy === "RULE ORDER") return rows.map((row) => single(node, row.values));
  if (node.policy === "OUTPUT ORDER") return inOrder(node, rows, scope).map((row) => single(node, row.values));
  if (rows.length === 0) return null;
  if (node.policy === "ANY") {
    const other = rows.find((row) => !row.values.every((value, i) => same(value, rows[0].values[i])));
    if (other) {
      const results = rows.map((row) => shown(single(node, row.values)));
      throw conflict("differ", node, inputs, found, { results });
    }
  }
  return single(node, (node.policy === "PRIORITY" ? inOrder(node, rows, scope) : rows)[0].values);
}

// ---- models ----

function kept(request) {
  let model = KEPT.get(request.model);
  if (!model && request.steps) {
    if (KEPT.size >= 100) KEPT.clear();
    KEPT.set(request.model, model = { steps: request.steps, names: request.names });
  }
  return model;
}

// Names that are not one plain word, of the model and of what it is given.
export function namesOf(request) {
  const model = kept(request);
  const given = request.odd ? oddNames(request.variables ?? {}) : null;
  const names = { ...given, ...model?.names };
  return Object.keys(names).length ? names : null;
}

// The answer of the model's last step, or undefined if the model has to be sent.
export function decide(request, context, where) {
  const model = kept(request);
  if (!model) return undefined;
  position = where;
  const values = {};
  for (const step of model.steps) {
    const scope = step.open ? { ...context } : {};
    for (const name of step.requires) scope[name] = values[name] ?? null;
    position.at = step.at;
    values[step.name] = step.kind === "inputData"
      ? conform(own(context, step.name), step.type, step.at, step.name, true)
      : conform(evaluate(step.body, scope, step.name), step.type, step.at, step.name);
  }
  return plain(values[model.steps.at(-1).name]);
}
