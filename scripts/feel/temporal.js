// Dates, times and durations as the server counts them; used by host.js and by the corrections.
import { DateTime, Duration, FixedOffsetZone, IANAZone, Settings, SystemZone } from "luxon";
import { normalizeContextKey } from "@bpmn-io/lezer-feel";

const MINUTE = 60_000;
const DAY = 86_400_000;
const ZONES = new Map();
const NORMAL = new Map();

// ---- zones: tables of [from (ms), offset (minutes)] that Python reads out of zoneinfo, or zones.js out of Intl ----

export class ZoneNeeded extends Error {
  constructor(zone) { super(zone); this.zone = zone; }
}

export function addZone(name, table) { ZONES.set(name, table); }

let findTable = (name) => { throw new ZoneNeeded(name); };

function zoneTable(name) {
  let table = ZONES.get(name);
  if (table === undefined) ZONES.set(name, table = findTable(name));
  return table;
}

function offsetAt(table, ms) {
  let low = 0, high = table.length - 1;
  if (ms >= table[high][0]) return table[high][1];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (table[middle][0] <= ms) low = middle; else high = middle - 1;
  }
  return table[low][1];
}

// Before 1901 Shanghai kept local mean time (+08:05:43). FEEL keeps times of day on
// 1900-01-01, and a time of day in China is meant at +08:00.
const BUSINESS_ZONE = "Asia/Shanghai";
const BEFORE_1901 = Date.UTC(1901, 0, 1);

function businessOffset(ms) {
  return ms < BEFORE_1901 ? 480 : offsetAt(zoneTable(BUSINESS_ZONE), ms);
}

let known = null;

export function setNow(ms) { known = ms; }

export function now() {
  if (known === null) throw new Error("now() and today() are not known here");
  return moment(known, SystemZone.instance);
}

// luxon takes the side of an ambiguous hour that "now" is on. Here that is always winter in
// the north, so that an answer never depends on when it is given.
const WINTER = Date.UTC(2026, 0, 1);

export function install(find = findTable) {
  findTable = find;
  Settings.defaultLocale = "en-US";
  Settings.now = () => WINTER;
  const system = SystemZone.prototype;
  system.offset = businessOffset;
  Object.defineProperty(system, "name", { get: () => BUSINESS_ZONE });
  system.offsetName = () => BUSINESS_ZONE;
  IANAZone.isValidZone = (name) => Boolean(name) && zoneTable(name) !== null;
  IANAZone.prototype.offset = function (ms) { return offsetAt(zoneTable(this.zoneName), ms); };
  IANAZone.prototype.offsetName = function () { return this.zoneName; };
  // "…Z" is an instant; only a date without time lives in utcInstance.
  FixedOffsetZone.instance = (offset) => new FixedOffsetZone(offset);
}

// ---- dates; where luxon's own way is slow, its objects are made directly ----

const UTC = FixedOffsetZone.utcInstance;
const YEAR_1900 = Date.UTC(1900, 0, 1);
let locale = null;

function moment(ts, zone) {
  return new DateTime({ ts, zone, loc: locale ??= DateTime.utc().loc });
}

export function isTime(d) {
  return DateTime.isDateTime(d) && Math.abs(d.ts - YEAR_1900) < 2 * DAY
    && d.year === 1900 && d.month === 1 && d.day === 1;
}

export function isDate(d) {
  return DateTime.isDateTime(d) && d.zone === UTC && d.ts % DAY === 0 && !isTime(d);
}

export function day(year, month, dayOfMonth) {
  if (!(year >= 100 && year <= 9999)) {
    return DateTime.fromObject({ year, month, day: dayOfMonth }, { zone: UTC });
  }
  const ts = Date.UTC(year, month - 1, dayOfMonth);
  const read = new Date(ts);
  return read.getUTCMonth() + 1 === month && read.getUTCDate() === dayOfMonth
    ? moment(ts, UTC) : DateTime.invalid("no such day");
}

const ISO = /^(\d{4})-(\d\d)-(\d\d)(?:T([01]\d|2[0-3]):([0-5]\d)(?::([0-5]\d)(?:\.(\d{3}))?)?(Z|[+-](?:0\d|1[0-4]):[0-5]\d)?)?$/;

// A date or a date and time in its usual spelling; null if luxon has to look at it.
export function quick(text) {
  const m = ISO.exec(text);
  if (!m) return null;
  const date = day(+m[1], +m[2], +m[3]);
  if (m[4] === undefined || !date.isValid) return date;
  const local = date.ts + m[4] * 60 * MINUTE + m[5] * MINUTE + (m[6] ?? 0) * 1000 + +(m[7] ?? 0);
  if (m[8] !== undefined) {
    const sign = m[8][0] === "-" ? -1 : 1;
    const offset = m[8] === "Z" ? 0 : sign * (m[8].slice(1, 3) * 60 + +m[8].slice(4));
    return moment(local - offset * MINUTE, new FixedOffsetZone(offset));
  }
  const offset = businessOffset(local - 480 * MINUTE);
  const ts = local - offset * MINUTE;
  return businessOffset(ts) === offset ? moment(ts, SystemZone.instance) : null;
}

// The day of an instant: in its own zone; an instant in UTC is counted in the business zone.
export function dayOf(d) {
  if (isDate(d)) return d;
  const local = d.zone.isUniversal && d.offset === 0 ? d.setZone(SystemZone.instance) : d;
  return day(local.year, local.month, local.day);
}

export function midnight(d) {
  return DateTime.fromObject({ year: d.year, month: d.month, day: d.day }, { zone: SystemZone.instance });
}

// Milliseconds; a date counts as its midnight in the business zone.
export function instant(d) {
  if (d === null || !DateTime.isDateTime(d)) return d;
  const ms = d.toMillis();
  return isDate(d) ? ms - businessOffset(ms - 480 * MINUTE) * MINUTE : ms;
}

export function bothTimes(...values) {
  const present = values.filter((v) => v !== null && v !== undefined);
  return present.every((v) => DateTime.isDateTime(v))
    && (present.every(isTime) || !present.some(isTime));
}

export function only(type, includes) {
  return (value) => typeof value === type ? includes(value) : null;
}

export function shift(d, duration, sign) {
  if (isDate(d)) return shiftDate(d, sign * months(duration), sign * millis(duration));
  const moved = sign > 0 ? d.plus(duration) : d.minus(duration);
  return moved.isValid ? moved : null;
}

// Months first, to the last day of a shorter month; then days; hours only as whole days.
function shiftDate(d, byMonths, byMillis) {
  const { year, month, day: dayOfMonth } = d.c;
  const count = year * 12 + month - 1 + byMonths;
  const first = Date.UTC(Math.floor(count / 12), ((count % 12) + 12) % 12, 1);
  const next = Date.UTC(Math.floor((count + 1) / 12), ((count + 1) % 12 + 12) % 12, 1);
  const ts = Math.min(first + (dayOfMonth - 1) * DAY, next - DAY) + byMillis;
  const moved = moment(Math.floor(ts / DAY) * DAY, UTC);
  return moved.isValid && moved.year >= 1 && moved.year <= 9999 ? moved : null;
}

export function difference(a, b) {
  if (isTime(a) !== isTime(b)) return null;
  const ms = isDate(a) && isDate(b) ? a.toMillis() - b.toMillis() : instant(a) - instant(b);
  return normal(Duration.fromMillis(ms));
}

// ---- durations: months or milliseconds ----

function months(d) { return d.years * 12 + d.quarters * 3 + d.months; }

function millis(d) {
  return d.weeks * 7 * DAY + d.days * DAY + d.hours * 60 * MINUTE + d.minutes * MINUTE
    + d.seconds * 1000 + d.milliseconds;
}

export function normal(d) {
  if (!d.isValid) return d;
  const m = months(d), ms = millis(d);
  return new Duration({ loc: d.loc, values: {
    years: Math.trunc(m / 12), months: m % 12,
    days: Math.trunc(ms / DAY), hours: Math.trunc(ms % DAY / (60 * MINUTE)),
    minutes: Math.trunc(ms % (60 * MINUTE) / MINUTE), seconds: Math.trunc(ms % MINUTE / 1000),
    milliseconds: ms % 1000,
  } });
}

const DURATIONS = new Map();

export function parseDuration(text) {
  let d = DURATIONS.get(text);
  if (d === undefined) {
    if (DURATIONS.size > 1000) DURATIONS.clear();
    DURATIONS.set(text, d = normal(Duration.fromISO(text)));
  }
  return d;
}

export function dateText(d) {
  const { year, month, day: dayOfMonth } = d.c;
  return `${String(year).padStart(4, "0")}-${month < 10 ? "0" : ""}${month}-${dayOfMonth < 10 ? "0" : ""}${dayOfMonth}`;
}

export function sameDuration(a, b) {
  return sameKind(a, b) ? months(a) === months(b) && millis(a) === millis(b) : null;
}

export function sameKind(...durations) {
  const present = durations.filter((d) => d !== null && d !== undefined);
  if (!present.every((d) => Duration.isDuration(d))) return false;
  return !present.some((d) => months(d) !== 0) || !present.some((d) => millis(d) !== 0);
}

export function size(d) { return months(d) * 31 * DAY + millis(d); }

export function wholeMonths(from, to) {
  const sign = from <= to ? 1 : -1;
  const [a, b] = sign > 0 ? [from, to] : [to, from];
  let count = (b.year - a.year) * 12 + b.month - a.month;
  if (b.day < a.day) count -= 1;
  return normal(Duration.fromObject({ months: sign * count }));
}

export function durationText(given) {
  const m = months(given), ms = millis(given);
  const sign = m < 0 || (m === 0 && ms < 0) ? -1 : 1;
  const d = normal(sign > 0 ? given : given.negate());
  const part = (n, unit) => n ? n + unit : "";
  const seconds = (d.seconds * 1000 + d.milliseconds) / 1000;
  const time = part(d.hours, "H") + part(d.minutes, "M") + part(seconds, "S");
  const text = part(d.years, "Y") + part(d.months, "M") + part(d.days, "D") + (time && "T" + time);
  return (sign < 0 ? "-P" : "P") + (text || (m === 0 && ms === 0 ? "0D" : ""));
}

// What `*`, `/`, `**` make of dates and durations; undefined where none of these is meant.
export function scaled(operator, a, b) {
  if (!["*", "/", "**", "^"].includes(operator)) return undefined;
  const [left, right] = [a, b].map((v) => Duration.isDuration(v));
  if (!left && !right && !DateTime.isDateTime(a) && !DateTime.isDateTime(b)) return undefined;
  if (operator === "/" && left && right) return sameKind(a, b) && size(b) !== 0 ? ratio(a, b) : null;
  const times = left ? b : a;
  if (typeof times !== "number" || left === right) return null;
  if (operator === "*") return multiplied(left ? a : b, times);
  return operator === "/" && left && times !== 0 ? multiplied(a, 1 / times) : null;
}

function ratio(a, b) { return months(a) || months(b) ? months(a) / months(b) : millis(a) / millis(b); }

function multiplied(d, times) {
  return normal(Duration.fromObject({
    months: Math.trunc(Number((months(d) * times).toPrecision(15))),
    milliseconds: Math.trunc(Number((millis(d) * times).toPrecision(15))),
  }));
}

// ---- properties of dates and times, by their FEEL names ----

const DAY_PARTS = ["year", "month", "day", "weekday"];
const TIME_PARTS = ["hour", "minute", "second"];

export function property(d, name) {
  name = name.trim().replace(/\s+/g, " ");
  if (DAY_PARTS.includes(name)) return isTime(d) ? undefined : d[name];
  if (isDate(d)) return undefined;
  if (TIME_PARTS.includes(name)) return d[name];
  if (name === "time offset") return normal(Duration.fromMillis(d.offset * MINUTE));
  if (name === "timezone") return d.zone.isUniversal ? undefined : d.zone.name;
  return undefined;
}

// ---- other ----

// A regular expression without its blanks, but for those in [classes] and after a backslash.
export function withoutBlanks(pattern) {
  return pattern.replace(/(\\.|\[(?:\\.|[^\]])*\])|\s+/gs, "$1");
}

export function comparable(value) {
  if (DateTime.isDateTime(value)) return instant(value);
  if (Duration.isDuration(value)) return size(value);
  if (value && typeof value === "object" && "start included" in value && "end included" in value) {
    return Object.assign(Object.create(Object.getPrototypeOf(value)), value,
      { start: comparable(value.start), end: comparable(value.end) });
  }
  return value;
}

export function normalKey(key) {
  let normal = NORMAL.get(key);
  if (normal === undefined) {
    if (NORMAL.size > 5000) NORMAL.clear();
    NORMAL.set(key, normal = normalizeContextKey(key));
  }
  return normal;
}

// The parts of `a, b<c, d>` at its own commas.
function parts(text) {
  const found = [""];
  let depth = 0;
  for (const one of text) {
    depth += (one === "<") - (one === ">");
    if (one === "," && depth === 0) found.push(""); else found[found.length - 1] += one;
  }
  return found.map((part) => part.trim());
}

export function instanceOf(value, input) {
  return isOf(value, input.slice(input.lastIndexOf("instance of") + 11).trim().replace(/\s+/g, " "));
}

function isOf(value, type) {
  if (value === null || value === undefined) return false;
  const [, inner] = /^\w+\s*<(.*)>$/s.exec(type) ?? [];
  switch (type.replace(/<.*$/s, "").trim()) {
    case "Any": return true;
    case "number": case "string": case "boolean": return typeof value === type;
    case "date": return isDate(value);
    case "time": return isTime(value);
    case "date and time": return DateTime.isDateTime(value) && !isDate(value) && !isTime(value);
    case "days and time duration":
    case "day and time duration": return Duration.isDuration(value) && months(value) === 0;
    case "years and months duration":
    case "year and month duration": return Duration.isDuration(value) && millis(value) === 0;
    case "list": return Array.isArray(value) && (inner === undefined || value.every((one) => isOf(one, inner)));
    case "context": return Object.getPrototypeOf(value) === Object.prototype
      && (inner === undefined || parts(inner).every((part) => {
        const colon = part.indexOf(":");
        return isOf(value[part.slice(0, colon).trim()], part.slice(colon + 1).trim());
      }));
    case "function": return typeof value === "function" || Array.isArray(value.parameterNames);
    default: return null;
  }
}
