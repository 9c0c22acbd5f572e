// The one door between the server and feelin: JSON in, JSON out, nothing else reachable.
import { DateTime, Duration, FixedOffsetZone, SystemZone } from "luxon";
import {
  builtins, date as parseDate, equals, fn, getType, interpreter, isString, listFn, Range, toString,
} from "@bpmn-io/feelin";
import * as temporal from "feel-temporal";
import { checkTree } from "./syntax.js";

temporal.install();

const valid = (value) => value && value.isValid ? value : null;
const isNumber = (value) => typeof value === "number";

// ---- built-in functions that say something else here (the reasons are in docs/feel.md) ----

builtins.now = fn(() => temporal.now(), [], []);

builtins.today = fn(() => temporal.dayOf(temporal.now()), [], []);

builtins.date = fn((year, month, day, from) => {
  if (isNumber(year)) {
    return isNumber(month) && isNumber(day) ? valid(temporal.day(year, month, day)) : null;
  }
  from = from ?? year;
  if (isString(from)) {
    const parsed = valid(parseDate(from, null, from.includes("T") && !from.includes("@") ? SystemZone.instance : null));
    return parsed && temporal.dayOf(parsed);
  }
  return DateTime.isDateTime(from) && !temporal.isTime(from) ? temporal.dayOf(from) : null;
}, ["any?", "number?", "number?", "any?"], ["year", "month", "day", "from"]);

builtins["date and time"] = fn((date, time, from) => {
  if (DateTime.isDateTime(date) && DateTime.isDateTime(time)) {
    return valid(time.set({ year: date.year, month: date.month, day: date.day }));
  }
  from = from ?? date;
  if (isString(from)) {
    return valid(parseDate(from, null, from.includes("@") ? null : SystemZone.instance));
  }
  return DateTime.isDateTime(from) ? (temporal.isDate(from) ? temporal.midnight(from) : from) : null;
}, ["any?", "time?", "any?"], ["date", "time", "from"]);

builtins.time = fn((hour, minute, second, offset, from) => {
  if (isNumber(hour)) {
    if (!isNumber(minute) || !isNumber(second)) return null;
    const zone = Duration.isDuration(offset)
      ? new FixedOffsetZone(offset.as("minutes")) : SystemZone.instance;
    const whole = Math.floor(second);
    return valid(DateTime.fromObject({
      year: 1900, month: 1, day: 1, hour, minute, second: whole,
      millisecond: Math.round((second - whole) * 1000),
    }, { zone }));
  }
  from = from ?? hour;
  if (isString(from)) return from ? valid(parseDate(null, from)) : null;
  return DateTime.isDateTime(from) ? from.set({ year: 1900, month: 1, day: 1 }) : null;
}, ["any?", "number?", "number?", "any?", "any?"], ["hour", "minute", "second", "offset", "from"]);

builtins["years and months duration"] = fn((from, to) => (
  [from, to].every((d) => DateTime.isDateTime(d) && !temporal.isTime(d))
    ? temporal.wholeMonths(temporal.dayOf(from), temporal.dayOf(to)) : null
), ["any", "any"], ["from", "to"]);

function extreme(sign) {
  return listFn((...list) => {
    const types = new Set(list.map(getType));
    const ordered = ["number", "string", "date", "date time", "time", "duration"];
    if (types.size !== 1 || !types.has(getType(list[0])) || !ordered.includes(getType(list[0]))) return null;
    if (types.has("duration") && !temporal.sameKind(...list)) return null;
    return list.reduce((best, one) => (
      (temporal.comparable(one) < temporal.comparable(best) ? -1 : 1) === sign
        && temporal.comparable(one) !== temporal.comparable(best) ? one : best));
  }, "any?", ["...list"]);
}

builtins.min = extreme(-1);
builtins.max = extreme(1);

// ---- values for the host ----

function plain(value) {
  switch (getType(value)) {
    case "nil": return null;
    case "number": return Number.isFinite(value) ? value : null;
    case "string": case "boolean": return value;
    case "list": return value.map(plain);
    case "context": return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, plain(v)]));
    case "duration": return temporal.durationText(value);
    case "date": return temporal.dateText(value);
    case "time": return toString(value);
    case "date time": return value.toISO({ suppressMilliseconds: true });
    case "range": return {
      start: plain(value.start), end: plain(value.end),
      "start included": value["start included"], "end included": value["end included"],
    };
    default: throw new Error("a function is no result");
  }
}

// ---- parsed expressions: cached by text and by those names that change how a text is read ----

const TREES = new Map();
const MOST_KEPT = 60_000; // characters; a tree weighs 120 to 180 bytes for each
let kept = 0;
const LITERAL = /^"[^"\\]*"$/; // a text alone needs no parser
let names = {};
let namesKey = "";
const warnings = { list: null, addWarning(node, type, { template, values }) {
  if (this.list && this.list.length < 20) {
    this.list.push({ type, at: node.position.from, text: node.input.slice(0, 200),
      message: Object.keys(values).reduce((m, k) => m.replace(`{${k}}`, getType(values[k])), template) });
  }
} };

function read(text, unary) {
  const { root, parseTree } = unary
    ? interpreter.unaryTest(text, { ...names, "?": null }, undefined, warnings)
    : interpreter.evaluate(text, names, undefined, warnings);
  checkTree(parseTree, text);
  return root;
}

function tree(text, unary) {
  const key = (unary ? "?" : "=") + namesKey + "\0" + text;
  let root = TREES.get(key);
  if (root === undefined) {
    const literal = LITERAL.test(text) ? text.slice(1, -1) : null;
    root = literal !== null
      ? (unary ? () => (value) => equals(literal, value) : () => literal)
      : read(text, unary);
    TREES.set(key, root);
    kept += key.length;
    for (const oldest of kept > MOST_KEPT ? TREES.keys() : []) {
      TREES.delete(oldest);
      kept -= oldest.length;
      if (kept <= MOST_KEPT) break;
    }
  }
  return root;
}

const SIMPLE = /^[A-Za-z_\u00c0-\u1fff\u3001-\ud7ff][\w\u00b7\u00c0-\u1fff\u3001-\ud7ff]*$/;
const RESERVED = new Set(("for in return if then else some every satisfies and or between instance of not "
  + "null true false function external date time duration days years list context range").split(" "));

// Of a context, the branches with names that are not one plain word: all that a parser must know.
function oddNames(value) {
  if (Array.isArray(value)) {
    const odd = value.slice(0, 50).map(oddNames).filter(Boolean);
    return odd.length ? Object.assign({}, ...odd) : null;
  }
  if (value === null || typeof value !== "object") return null;
  let found = null;
  for (const key of Object.keys(value)) {
    const inner = oddNames(value[key]);
    if (inner || !SIMPLE.test(key) || RESERVED.has(key)) (found ??= {})[key] = inner ?? 1;
  }
  return found;
}

// ---- requests ----

function unary(text, context, value) {
  const result = tree(text, true)({ ...context, "?": value })(value);
  return result === true;
}

const TABLES = new Map();

// Every row of a decision table that matches, with the values of its outputs.
function matching(request, context, position) {
  let table = TABLES.get(request.table);
  if (!table) {
    if (!request.rows) return null;
    if (TABLES.size >= 100) TABLES.clear();
    TABLES.set(request.table, table = { inputs: request.inputs, rows: request.rows });
  }
  const values = table.inputs.map((text) => { position.text = text; return tree(text, false)(context) ?? null; });
  const found = [];
  table.rows.forEach(([tests, outputs], index) => {
    if (request.first && found.length) return;
    const fits = tests.every((test, i) => {
      position.text = test;
      return test === "-" || unary(test, context, values[i]);
    });
    if (fits) {
      found.push([index, outputs.map((text) => {
        position.text = text;
        return text === "" ? null : plain(tree(text, false)(context));
      })]);
    }
  });
  return found;
}

function assign(target, path, value) {
  path.slice(0, -1).forEach((key) => {
    if (typeof target[key] !== "object" || target[key] === null) target[key] = {};
    target = target[key];
  });
  target[path.at(-1)] = value;
}

// What an expression at a place of the data sees: the data, and this, parent and i as in form-js.
function scopeAt(place, context, data) {
  const rows = [data];
  const i = [];
  let self = data;
  place.forEach((key) => {
    self = self?.[key];
    if (typeof key === "number") { rows.push(self); i.push(key + 1); }
  });
  return { ...context, ...data, this: self, parent: rows.at(-2) ?? null, i };
}

// Expressions in place, in order: the value of one with `into` is data for those that follow.
function inPlace(request, context, position) {
  let scopes = [];
  return request.steps.map(([text, place, into], index) => {
    position.index = index; position.text = text;
    const scope = scopes[place] ??= scopeAt(request.places[place], context, request.data);
    const value = plain(tree(text, false)(scope));
    if (into) {
      assign(scope.this, into, value);
      scopes = [];
    }
    return value;
  });
}

function answer(request, position) {
  temporal.setNow(request.now ?? null);
  const context = request.variables ?? {};
  names = (request.odd && oddNames({ ...context, ...request.data })) || {};
  namesKey = request.odd ? JSON.stringify(names) : "";
  warnings.list = request.warnings ? [] : null;
  if (request.check !== undefined) {
    position.text = request.check;
    tree(request.check, request.unary);
    return null;
  }
  if (request.steps) return inPlace(request, context, position);
  if (request.table !== undefined) return matching(request, context, position);
  return request.expressions.map((text, index) => {
    position.index = index; position.text = text;
    return plain(tree(text, false)(context));
  });
}

globalThis.feel = (text) => {
  const position = { index: 0, text: "" };
  try {
    const value = answer(JSON.parse(text), position);
    return JSON.stringify({ value, warnings: warnings.list ?? undefined });
  } catch (error) {
    if (error instanceof temporal.ZoneNeeded) return JSON.stringify({ zone: error.zone });
    // Out of memory may leave nothing to throw.
    if (error === null || error === undefined || error instanceof InternalError || /call stack/.test(error?.message)) throw error;
    return JSON.stringify({
      failure: String(error?.message ?? error).slice(0, 500), index: position.index,
      text: position.text, at: error?.position?.from ?? null, token: error?.input ?? null,
      hint: error?.hint ?? null,
    });
  }
};

globalThis.feelZone = (name, table) => temporal.addZone(name, JSON.parse(table));
