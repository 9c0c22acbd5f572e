// Expressions read once and kept, and values as the outside sees them; for the server and the browser.
import "./builtins.js";
import { equals, getType, interpreter, toString } from "@bpmn-io/feelin";
import * as temporal from "feel-temporal";
import { checkTree } from "./syntax.js";

// ---- values for the outside ----

export function plain(value) {
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
export const warnings = { list: null, addWarning(node, type, { template, values }) {
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

export function tree(text, unary) {
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
export function oddNames(value) {
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

// The odd names of the context that the next expressions are read for.
export function know(odd) {
  names = odd || {};
  namesKey = odd === undefined || odd === false ? "" : JSON.stringify(names);
}

export function unary(text, context, value) {
  const result = tree(text, true)({ ...context, "?": value })(value);
  return result === true;
}
