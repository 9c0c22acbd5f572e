// What the editor gives, as a file is to stand: nothing that it made up, and members in the order of the file before.
const STATIC = ["values", "valuesKey", "valuesExpression"];

function byId(part, found = new Map()) {
  if (part?.id) found.set(part.id, part);
  (part?.components ?? []).forEach((each) => byId(each, found));
  return found;
}

function ordered(part, before) {
  const names = [...Object.keys(before ?? {}).filter((name) => name in part), ...Object.keys(part).filter((name) => !(name in (before ?? {})))];
  return Object.fromEntries(names.map((name) => [name, part[name]]));
}

function component(given, known) {
  const made = ordered(given, known.get(given.id));
  // The editor invents an option for a field whose options the server gives.
  if (made.properties?.source) STATIC.forEach((name) => delete made[name]);
  Object.keys(made).forEach((name) => { if (made[name] === undefined) delete made[name]; });
  if (made.components) made.components = made.components.map((each) => component(each, known));
  return made;
}

export function tidy(schema, before) {
  const made = component(schema, byId(before));
  if (before?.schemaVersion) made.schemaVersion = before.schemaVersion;
  return made;
}
