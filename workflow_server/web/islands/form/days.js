// Days and times as people write them, and as answers hold them: 2026-04-07, 14:30, counted in Shanghai.
let ahead = 0;

export function setNow(moment) {
  ahead = Date.parse(moment) - Date.now();
}

const there = (at) => new Date(at + 8 * 3600_000);

export const today = () => there(Date.now() + ahead).toISOString().slice(0, 10);
// The wall clock of who sits there, not the business clock.
export const clock = () => new Date().toTimeString().slice(0, 5);

function checked(year, month, day) {
  const at = new Date(Date.UTC(year, month - 1, day));
  at.setUTCFullYear(year);
  const right = at.getUTCFullYear() === year && at.getUTCMonth() === month - 1 && at.getUTCDate() === day;
  return right ? `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` : null;
}

// 2026-04-07, 2026/4/7, 2026.4.7, 2026年4月7日, 20260407, 4月7日, 4-7, 今天; null if it is no day.
export function readDay(written, { strict = false } = {}) {
  const text = String(written ?? "").normalize("NFKC").trim();
  if (strict) return /^\d{4}-\d\d-\d\d$/.test(text) ? checked(...text.split("-").map(Number)) : null;
  if (text === "今天" || text.toLowerCase() === "today") return today();
  const whole = /^(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(text)
    ?? /^(\d{4})(\d\d)(\d\d)$/.exec(text);
  if (whole) return checked(...whole.slice(1).map(Number));
  const part = /^(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?$/.exec(text);
  return part ? checked(Number(today().slice(0, 4)), ...part.slice(1).map(Number)) : null;
}

export function readTime(written) {
  const found = /^(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d+)?)?(Z|[+-]\d\d:\d\d)?$/.exec(String(written ?? "").normalize("NFKC").trim());
  if (!found || Number(found[1]) > 23 || Number(found[2]) > 59) return null;
  return `${found[1].padStart(2, "0")}:${found[2]}`;
}

// As people write the hour: 14:30, 1430, 9点, 14时30分, 下午2点半; null if it is none.
export function readClock(written) {
  const text = String(written ?? "").normalize("NFKC").replace(/\s/g, "");
  const found = /^(\d{1,2})()(\d\d)$/.exec(text) ?? /^(?:[上下]午|晚上|凌晨)?(\d{1,2})([:时点])(?:(\d{1,2}|半)分?)?$/.exec(text);
  if (!found || (found[2] === ":" && !/^\d\d$/.test(found[3] ?? ""))) return null;
  const late = /^(下午|晚上)/.test(text) && Number(found[1]) < 12 ? 12 : 0;
  const minutes = found[3] === "半" ? "30" : (found[3] ?? "").padStart(2, "0");
  return readTime(`${Number(found[1]) + late}:${minutes}`);
}

// A moment with its offset, as Shanghai's clock shows it: [day, time].
export function parts(value) {
  const text = String(value ?? "");
  const zoned = /T.*(Z|[+-]\d\d:\d\d)$/.test(text) ? Date.parse(text) : NaN;
  if (!Number.isNaN(zoned)) return there(zoned).toISOString().slice(0, 16).split("T");
  const [day = "", time = ""] = text.split("T");
  return [day, /^\d\d:\d\d/.test(time) ? time.slice(0, 5) : time];
}

export function weekday(day, names) {
  return names.split(",")[new Date(`${day}T00:00:00Z`).getUTCDay()];
}
