// Cells that are plain texts, numbers or comparisons with one: answered without a parser, as feelin would.

const TEXT = /^"([^"\\]*)"$/;
const TEXTS = /^"[^"\\]*"(?:\s*,\s*"[^"\\]*")+$/;
const NUMBER = /^-?\d+(?:\.\d+)?$/;
const COMPARISON = /^(<=|>=|<|>)\s*(-?\d+(?:\.\d+)?)$/;
const RANGE = /^([[(\]])\s*(-?\d+(?:\.\d+)?)\s*\.\.\s*(-?\d+(?:\.\d+)?)\s*([\])[])$/;

const TESTS = new Map();
const MOST_KEPT = 20_000;

function parse(text) {
  if (TEXT.test(text)) {
    const [, literal] = TEXT.exec(text);
    return ["string", (value) => value === literal];
  }
  if (TEXTS.test(text)) {
    const literals = new Set([...text.matchAll(/"([^"]*)"/g)].map(([, literal]) => literal));
    return ["string", (value) => literals.has(value)];
  }
  if (NUMBER.test(text)) {
    const literal = Number(text);
    return ["number", (value) => value === literal];
  }
  const [, operator, bound] = COMPARISON.exec(text) ?? [];
  if (operator) {
    const limit = Number(bound);
    return ["number", {
      "<": (value) => value < limit, "<=": (value) => value <= limit,
      ">": (value) => value > limit, ">=": (value) => value >= limit,
    }[operator]];
  }
  const [, open, low, high, close] = RANGE.exec(text) ?? [];
  if (!open) return null;
  const [start, end] = [Number(low), Number(high)];
  return ["number", (value) => (
    (open === "[" ? value >= start : value > start) && (close === "]" ? value <= end : value < end))];
}

// Whether a value passes the cell, or null if the parser has to say.
export function quickTest(text, value) {
  let test = TESTS.get(text);
  if (test === undefined) {
    if (TESTS.size >= MOST_KEPT) TESTS.clear();
    TESTS.set(text, test = parse(text));
  }
  if (test === null) return null;
  if (value === null) return false;
  return typeof value === test[0] ? test[1](value) : null;
}
