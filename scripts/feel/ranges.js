// The functions of ranges (DMN 1.3, table 78): how ranges and points lie to each other.
import { builtins, fn, Range } from "@bpmn-io/feelin";
import * as temporal from "feel-temporal";

const isRange = (value) => value instanceof Range;
const opens = (range) => range["start included"] === true;
const closes = (range) => range["end included"] === true;

// Points become ranges of themselves where FEEL takes both; null where the kinds differ.
function relation(holds, { points = false, pointFirst = false, pointLast = false }) {
  return fn((a, b) => {
    const kinds = [isRange(a), isRange(b)];
    const allowed = (kinds[0] && kinds[1]) || (points && !kinds[0] && !kinds[1])
      || (pointFirst && !kinds[0] && kinds[1]) || (pointLast && kinds[0] && !kinds[1]);
    if (!allowed) return null;
    const [left, right] = [a, b].map(temporal.comparable);
    const ends = [left, right].flatMap((one) => (isRange(one) ? [one.start, one.end] : [one]));
    if (ends.some((end) => typeof end !== typeof ends[0] || end === null || end === undefined)) return null;
    return holds(left, right);
  }, ["any", "any"], ["a", "b"]);
}

const startsBefore = (a, b) => a.start < b.start || (a.start === b.start && opens(a) && !opens(b));
const reaches = (a, b) => a.end > b.start || (a.end === b.start && closes(a) && opens(b));
const endsWithin = (a, b) => a.end < b.end || (a.end === b.end && (!closes(a) || closes(b)));
const startsWithin = (a, b) => a.start > b.start || (a.start === b.start && (!opens(a) || opens(b)));

const overlapsBefore = (a, b) => startsBefore(a, b) && reaches(a, b) && endsWithin(a, b);
const finishes = (a, b) => (isRange(a)
  ? a.end === b.end && closes(a) === closes(b) && startsWithin(a, b)
  : closes(b) && b.end === a);
const starts = (a, b) => (isRange(a)
  ? a.start === b.start && opens(a) === opens(b) && endsWithin(a, b)
  : opens(b) && b.start === a);
const within = (a, b) => (isRange(a)
  ? startsWithin(a, b) && endsWithin(a, b)
  : (a > b.start || (a === b.start && opens(b))) && (a < b.end || (a === b.end && closes(b))));
const coincides = (a, b) => (isRange(a)
  ? a.start === b.start && a.end === b.end && opens(a) === opens(b) && closes(a) === closes(b)
  : a === b);
const turned = (holds) => (a, b) => holds(b, a);

builtins.overlaps = relation((a, b) => reaches(a, b) && reaches(b, a), {});
builtins["overlaps before"] = relation(overlapsBefore, {});
builtins["overlaps after"] = relation(turned(overlapsBefore), {});
builtins.finishes = relation(finishes, { pointFirst: true });
builtins["finished by"] = relation(turned(finishes), { pointLast: true });
builtins.includes = relation(turned(within), { pointLast: true });
builtins.during = relation(within, { pointFirst: true });
builtins.starts = relation(starts, { pointFirst: true });
builtins["started by"] = relation(turned(starts), { pointLast: true });
builtins.coincides = relation(coincides, { points: true });
