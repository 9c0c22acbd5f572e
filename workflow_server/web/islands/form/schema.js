// A form as one step shows it: what it may only read, what it must fill in; and answers taken out of data.
export const KEYED = new Set(["textfield", "textarea", "number", "datetime", "select", "radio", "checklist", "taglist",
  "checkbox", "filepicker", "expression"]);

const steps = (place, component) => [...place, ...((component.key ?? component.path ?? "").split(".").filter(Boolean))];

export function get(data, path) {
  return path.reduce((value, step) => value?.[step], data);
}

export function put(data, path, value) {
  const last = path.length - 1;
  path.slice(0, last).reduce((inner, step, index) => (
    inner[step] ??= typeof path[index + 1] === "number" ? [] : {}), data)[path[last]] = value;
}

// form-js takes these for unary tests, in which `true` and a fact's name ask for an equal value that is not there.
const judged = (flag) => (typeof flag === "string" && flag.startsWith("=") ? `=(${flag.slice(1)}) = true` : flag);

// field_access: path -> read, write, hidden, required; hidden fields are not in what the server sent.
export function prepare(schema, access = {}) {
  const copy = structuredClone(schema);
  const visit = (component, place, shut) => {
    const path = steps(place, component);
    const right = component.key || component.path ? access[path.join(".")] : undefined;
    const closed = shut || right === "read" || component.disabled === true;
    if (typeof component.disabled === "string") component.readonly = component.disabled;
    delete component.disabled;
    component.readonly = judged(component.readonly);
    if (component.conditional) component.conditional.hide = judged(component.conditional.hide);
    if (closed) component.readonly = true;
    if (right === "required") component.validate = { ...component.validate, required: true };
    if (component.type === "dynamiclist") {
      component.disableCollapse = true;
      component.leastRows = Math.max(Number(component.properties?.minRows ?? 0), right === "required" ? 1 : 0);
      component.mostRows = Number(component.properties?.maxRows ?? 200);
      if (closed) component.allowAddRemove = false;
    }
    component.components = component.components?.filter((each) => each.type !== "button");
    component.components?.forEach((each) => visit(each, path, closed));
    if (!component.components) delete component.components;
  };
  visit(copy, [], false);
  return copy;
}

// Only the answers: `data` holds facts of the case as well. `blanks` keeps what is not answered, as a paper reads it.
export function answersOf(schema, data, { blanks = false } = {}) {
  const found = {};
  const visit = (component, place, out) => {
    const path = steps([], component);
    if (component.type === "dynamiclist") {
      const rows = get(place, path);
      if (!Array.isArray(rows)) return;
      put(out, path, rows.map((row) => {
        const kept = {};
        component.components?.forEach((each) => visit(each, row ?? {}, kept));
        return kept;
      }));
    } else if (component.components) {
      const inner = path.length ? get(place, path) ?? {} : place;
      const kept = path.length ? {} : out;
      component.components.forEach((each) => visit(each, inner, kept));
      if (path.length && Object.keys(kept).length) put(out, path, kept);
    } else if (KEYED.has(component.type) && component.key) {
      const value = get(place, path);
      if (value !== undefined && (blanks || (value !== null && value !== ""))) put(out, path, value);
    }
  };
  visit(schema, data ?? {}, found);
  return found;
}

// The names at the top that a form's own fields take: facts of the same name stand behind them.
export function ownNames(schema) {
  const names = new Set();
  const visit = (component) => {
    const [first] = steps([], component);
    if (first && !component.readonly) names.add(first);
    else if (!first) component.components?.forEach(visit);
  };
  visit(schema);
  return names;
}

export function labelOf(field) {
  const label = field.label || field.dateLabel || field.timeLabel;
  return typeof label === "string" && label.trim() && !label.startsWith("=") && !label.includes("{{")
    ? label.trim() : field.key ?? field.path ?? "";
}
