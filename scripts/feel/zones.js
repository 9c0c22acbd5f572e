// Time zones as tables, read out of Intl exactly as workflow_server/feel/zones.py reads zoneinfo.

const FIRST = Date.UTC(1890, 0, 1);
const LAST = Date.UTC(2200, 0, 1);
const STEP = 4 * 86_400_000;
const EVER = -8_640_000_000_000_000;
const NAME = /^[A-Z][\w+-]*(?:\/[A-Z][\w+-]*)*$/;

function clock(name) {
  if (!NAME.test(name)) return null;
  try {
    const format = new Intl.DateTimeFormat("en-US", {
      timeZone: name, hourCycle: "h23", calendar: "gregory", numberingSystem: "latn",
      year: "numeric", month: "numeric", day: "numeric",
      hour: "numeric", minute: "numeric", second: "numeric",
    });
    return (ms) => {
      const [month, day, year, hour, minute, second] = format.format(ms).match(/\d+/g).map(Number);
      return (Date.UTC(year, month - 1, day, hour, minute, second) - ms) / 60_000;
    };
  } catch {
    return null;
  }
}

// The first second, between two instants, at which the offset is the new one.
function change(offset, before, after, changed) {
  let low = before / 1000, high = after / 1000;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offset(middle * 1000) === changed) high = middle; else low = middle;
  }
  return high * 1000;
}

// Rows of [from this instant in ms, offset in minutes], or null if there is no such zone.
export function tableOf(name) {
  const offset = clock(name);
  if (!offset) return null;
  let moment = FIRST, last = offset(FIRST);
  const rows = [[EVER, last]];
  while (moment < LAST) {
    const after = moment + STEP;
    const changed = offset(after);
    if (changed !== last) rows.push([change(offset, moment, after, changed), changed]);
    [moment, last] = [after, changed];
  }
  return rows;
}
