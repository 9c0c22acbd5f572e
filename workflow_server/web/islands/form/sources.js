// Who knows what a picker offers: people, organisations, words, papers, records; fetched once, page by page.
import { call } from "../asking.js";

const PAGE = 200;
const kept = new Map();

const joined = (...words) => words.filter(Boolean).join(" · ");

// One person may hold several posts: shown once, with all of them.
function people(items) {
  const found = new Map();
  for (const each of items) {
    const note = joined(each.organisation_name, each.department_name, each.title || each.role_label);
    const known = found.get(each.person_id);
    if (known) known.note = joined(known.note, note);
    else found.set(each.person_id, { value: each.person_id, label: each.name, note });
  }
  return [...found.values()];
}

const SOURCES = {
  people: ({ role, text }) => ["/api/people", { role, text }, people],
  organisations: ({ party, text }) => ["/api/organisations", { party, text, open: true },
    (items) => items.map(({ id, name, short_name: short }) => ({ value: id, label: name, note: short === name ? "" : short }))],
  documents: ({ kind, instance_id: instance }) => ["/api/documents", { kind, instance_id: instance },
    (items) => items.map(({ id, title, number }) => ({ value: id, label: title, note: number ?? "" }))],
  records: ({ kind, text }) => ["/api/records", { kind, text },
    (items) => items.map(({ id, title, number }) => ({ value: id, label: title ?? number, note: number ?? "" }))],
};

function address(path, query) {
  const given = Object.entries(query).filter(([, value]) => value !== undefined && value !== null && value !== "");
  return `${path}?${new URLSearchParams(given)}`;
}

async function vocabulary(key, definition) {
  const { entries } = await call("GET", address(`/api/vocabularies/${encodeURIComponent(key)}`, { process_definition_id: definition }));
  return { options: entries, total: entries.length };
}

async function page(source, parameters) {
  const [path, query, read] = SOURCES[source](parameters);
  const { items, total } = await call("GET", address(path, { ...query, page_size: PAGE }));
  return { options: read(items), total, whole: total <= items.length };
}

export function offered(source, parameters, { definition_id: definition } = {}) {
  if (source !== "vocabulary" && !SOURCES[source]) return Promise.resolve({ options: [], total: 0, whole: true });
  const key = JSON.stringify([source, parameters, definition]);
  if (!kept.has(key)) {
    const asked = source === "vocabulary" ? vocabulary(parameters.vocabulary, definition) : page(source, parameters);
    kept.set(key, asked);
    asked.catch(() => kept.delete(key));
  }
  return kept.get(key);
}

// What a value is called that stands on none of the pages read so far.
export async function labelled(source, value) {
  try {
    if (source === "organisations") return (await call("GET", `/api/organisations/${encodeURIComponent(value)}`)).name;
    if (source === "people") return (await call("GET", address("/api/people", { person_id: value }))).items[0]?.name;
  } catch { /* the server judges the value */ }
  return undefined;
}
