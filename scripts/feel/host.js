// The one door between the server and feelin: JSON in, JSON out, nothing else reachable.
import * as temporal from "feel-temporal";
import { decide, namesOf, Refused } from "./decisions.js";
import { know, oddNames, plain, tree, warnings } from "./reading.js";

temporal.install();

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
  const odd = request.model === undefined ? request.odd && oddNames({ ...context, ...request.data }) : namesOf(request);
  know(odd);
  warnings.list = request.warnings ? [] : null;
  if (request.check !== undefined) {
    position.text = request.check;
    tree(request.check, request.unary);
    return null;
  }
  if (request.model !== undefined) return decide(request, context, position);
  if (request.steps) return inPlace(request, context, position);
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
    if (error instanceof Refused) return JSON.stringify({ refused: error.told });
    if (error instanceof temporal.ZoneNeeded) return JSON.stringify({ zone: error.zone });
    // Out of memory may leave nothing to throw.
    if (error === null || error === undefined || error instanceof InternalError || /call stack/.test(error?.message)) throw error;
    return JSON.stringify({
      failure: String(error?.message ?? error).slice(0, 500), index: position.index,
      text: position.text, at: error?.position?.from ?? null, token: error?.input ?? null,
      hint: error?.hint ?? null, place: position.at,
    });
  }
};

globalThis.feelZone = (name, table) => temporal.addZone(name, JSON.parse(table));
