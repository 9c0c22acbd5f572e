// Built-in functions that say something else here than in feelin (the reasons are in docs/feel.md).
import { DateTime, Duration, FixedOffsetZone, SystemZone } from "luxon";
import "./ranges.js";
import { builtins, date as parseDate, equals, fn, getType, isString, listFn, wrapFunction } from "@bpmn-io/feelin";
import * as temporal from "feel-temporal";

const valid = (value) => value && value.isValid ? value : null;
const isNumber = (value) => typeof value === "number";

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

// ---- numbers: a decimal point is moved by writing, not by multiplying (1.005 * 100 is 100.49999…) ----

function moved(n, places) {
  const [digits, exponent = "0"] = String(n).split("e");
  return Number(`${digits}e${Number(exponent) + places}`);
}

function rounding(round) {
  return fn((n, scale = 0) => {
    if (!isNumber(scale) || Math.abs(scale) > 6176) return null;
    scale = Math.trunc(scale);
    const scaled = moved(n, scale);
    const result = moved(round(scaled), -scale);
    return Number.isFinite(result) ? result : n;
  }, ["number", "number?"], ["n", "scale"]);
}

const away = (n) => n < 0 ? Math.floor(n) : Math.ceil(n);
const half = (n) => Math.abs(n % 1) === 0.5;
const even = (n) => half(n) ? 2 * Math.round(n / 2) : Math.round(n);

builtins.decimal = rounding(even);
builtins.floor = rounding(Math.floor);
builtins.ceiling = rounding(Math.ceil);
builtins["round up"] = rounding(away);
builtins["round down"] = rounding(Math.trunc);
builtins["round half up"] = rounding((n) => half(n) ? away(n) : Math.round(n));
builtins["round half down"] = rounding((n) => half(n) ? Math.trunc(n) : Math.round(n));

builtins.abs = fn((n) => {
  if (isNumber(n)) return Math.abs(n);
  return Duration.isDuration(n) ? (temporal.size(n) < 0 ? temporal.normal(n.negate()) : n) : null;
}, ["any"], ["n"]);

// ---- positions in texts and lists: there is no 0, and nothing beyond the ends ----

// The index from 0 of a position that counts from 1, or from the end; null if there is none.
function indexOf(position, size) {
  if (!Number.isInteger(position) || position === 0 || Math.abs(position) > size) return null;
  return position < 0 ? size + position : position - 1;
}

function slice(items, start, length) {
  const from = indexOf(start, items.length);
  if (from === null || (isNumber(length) && length < 0)) return null;
  return isNumber(length) ? items.slice(from, from + Math.trunc(length)) : items.slice(from);
}

builtins.substring = fn((string, start, length) => {
  const found = slice(Array.from(string), start, length);
  return found && found.join("");
}, ["string", "number", "number?"], ["string", "start position", "length"]);

builtins.sublist = fn(slice, ["list", "number", "number?"], ["list", "start position", "length"]);

builtins["insert before"] = fn((list, position, item) => {
  const at = position === list.length + 1 ? list.length : indexOf(position, list.length);
  return at === null ? null : [...list.slice(0, at), item ?? null, ...list.slice(at)];
}, ["list", "number", "any?"], ["list", "position", "newItem"]);

builtins.remove = fn((list, position) => {
  const at = indexOf(position, list.length);
  return at === null ? null : [...list.slice(0, at), ...list.slice(at + 1)];
}, ["list", "number"], ["list", "position"]);

function distinct(list) {
  const same = (a, b) => a === b || equals(a, b) === true;
  return list.reduce((found, one) => (found.some((other) => same(one, other)) ? found : [...found, one]), []);
}

builtins.union = fn((...lists) => distinct([].concat(...lists)), ["any"], ["...list"]);
builtins["distinct values"] = fn(distinct, ["list"], ["list"]);

builtins.sort = fn((list, precedes) => {
  const given = precedes && wrapFunction(precedes);
  if (precedes && !given) return null;
  if (!given && builtins.min(list) === null && list.length) return null;
  const before = given ? (a, b) => given.invoke([a, b]) === true
    : (a, b) => temporal.comparable(a) < temporal.comparable(b);
  return Array.from(list).sort((a, b) => (before(a, b) ? -1 : before(b, a) ? 1 : 0));
}, ["list", "any?"], ["list", "precedes"]);

builtins.is = fn((a = null, b = null) => (
  a === null || b === null ? a === b : getType(a) === getType(b) && equals(a, b, true) === true
), ["any?", "any?"], ["value1", "value2"]);
