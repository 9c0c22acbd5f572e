// A file of a draft: read, kept, saved after each change, checked; what could not be saved stays on this computer.
import { Vocabulary } from "./names.js";

export class Conflict extends Error {}

const hex = (bytes) => [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
// crypto.randomUUID is missing where the server is reached without TLS.
const key = () => hex(crypto.getRandomValues(new Uint8Array(16)));

async function answered(response) {
  if (response.ok) return response;
  const problem = await response.json().catch(() => ({}));
  const detail = problem.detail ?? problem.title ?? `HTTP ${response.status}`;
  const error = response.status === 409 || response.status === 412 ? new Conflict(detail) : new Error(detail);
  throw Object.assign(error, { status: response.status, faults: problem.errors ?? [] });
}

const ask = async (url, options = {}) => answered(await fetch(url, { credentials: "same-origin", ...options,
  headers: { ...(options.method && options.method !== "GET" ? { "Idempotency-Key": key() } : {}), ...options.headers } }));
const json = (body) => ({ method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

export class Draft {
  constructor({ draft, path, readOnly }) {
    this.id = draft;
    this.path = path;
    this.isReadOnly = readOnly === "true";
    this.checksum = null;
    this.vocabulary = new Vocabulary();
    this.url = `/api/drafts/${draft}`;
  }

  fileUrl(path = this.path) { return `${this.url}/files?path=${encodeURIComponent(path)}`; }

  pageOf(path) { return `/designs/drafts/${this.id}/files/${path.split("/").map(encodeURIComponent).join("/")}`; }

  async load() {
    const response = await ask(this.fileUrl());
    const text = await response.text();
    this.checksum = response.headers.get("ETag")?.replace(/^W\//, "").replace(/"/g, "") ?? await this.listedChecksum();
    return text;
  }

  async listedChecksum() {
    const { files = [] } = await (await ask(this.url)).json();
    return files.find(({ path }) => path === this.path)?.checksum ?? null;
  }

  async loadVocabulary() { this.vocabulary.given = await (await ask(`${this.url}/vocabulary`)).json(); }

  // Whether it may be changed: a draft is its owner's.
  async loadRights() {
    const { is_mine: isMine = true, status = "open" } = await (await ask(this.url)).json();
    this.isReadOnly ||= !isMine || status !== "open";
  }

  async put(path, text, checksum) {
    const match = checksum ? { "If-Match": `"${checksum}"` } : {};
    const response = await ask(this.fileUrl(path), { method: "PUT", body: new Blob([text]), headers: { "Content-Type": "application/octet-stream", ...match } });
    return (await response.json()).checksum;
  }

  async save(text) { this.checksum = await this.put(this.path, text, this.checksum); }

  // Take the newest checksum, so that what is saved next replaces it.
  async overtake(text) {
    this.checksum = await this.listedChecksum();
    await this.save(text);
  }

  async check() { return (await (await ask(`${this.url}/check`, json({}))).json()).faults; }

  async makeForm(name, title) {
    await ask(`${this.url}/files`, json({ kind: "form", key: name, title }));
    await this.loadVocabulary();
  }

  async trial(process, conditions) {
    return (await ask(`/api/process-definitions/${encodeURIComponent(process)}/assignment-trials`, json(conditions))).json();
  }

  // The organisations that may host a case of the process: those of its party.
  async hosts(party) {
    const { items } = await (await ask("/api/organisations?open=true&page_size=100")).json();
    return items.filter((each) => each.on_server && (!party || each.party === party));
  }

  // ---- what was typed is kept here until the server has it ----

  get store() { return `workflow-server:${this.id}:${this.path}`; }

  keep(text) {
    try { localStorage.setItem(this.store, JSON.stringify({ text, checksum: this.checksum, at: Date.now() })); } catch { /* full or forbidden */ }
  }

  kept() {
    try { return JSON.parse(localStorage.getItem(this.store)); } catch { return null; }
  }

  forget() {
    try { localStorage.removeItem(this.store); } catch { /* forbidden */ }
  }
}

// A diagram that belongs to no draft: shown from an address, saved nowhere.
export class Loose extends Draft {
  constructor(source) {
    super({ draft: "", path: source });
    this.source = source;
  }

  async load() { return (await ask(this.source)).text(); }

  async loadVocabulary() {}

  async loadRights() {}

  keep() {}

  kept() { return null; }
}
