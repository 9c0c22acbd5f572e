// Built-in functions that say something else here than in feelin (the reasons are in docs/feel.md).
import { DateTime, Duration, FixedOffsetZone, SystemZone } from "luxon";
import { builtins, date as parseDate, fn, getType, isString, listFn } from "@bpmn-io/feelin";
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
