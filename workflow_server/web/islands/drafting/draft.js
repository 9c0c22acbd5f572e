// A file of a draft: read, kept, saved after each change, checked; what could not be saved stays on this computer.
import { ask, call, whose } from "../asking.js";
import { choose } from "../elements.js";
import { language } from "../saying.js";

// Somebody else or another window has saved the file since.
export const isConflict = (error) => error.code === "draft-file-changed" || error.status === 412;

// The draft is closed, gone or not one's own any more: trying again helps nobody.
export const isShut = (error) => !isConflict(error) && [403, 404, 409, 410].includes(error.status);

export class Draft {
  constructor({ draft, path, readOnly }, vocabulary = {}) {
    this.id = draft;
    this.path = path;
    this.isReadOnly = readOnly === "true";
    this.checksum = null;
    this.vocabulary = vocabulary;
    this.url = `/api/drafts/${draft}`;
  }

  fileUrl(path = this.path) { return `${this.url}/files?path=${encodeURIComponent(path)}`; }

  pageOf(path) { return `/designs/drafts/${this.id}/files/${path.split("/").map(encodeURIComponent).join("/")}`; }

  async load() {
    const response = await ask("GET", this.fileUrl());
    const text = await response.text();
    this.checksum = response.headers.get("ETag")?.replace(/^W\//, "").replace(/"/g, "") ?? await this.listedChecksum();
    return text;
  }

  async listedChecksum() {
    const { files = [] } = await call("GET", this.url);
    return files.find(({ path }) => path === this.path)?.checksum ?? null;
  }

  async loadVocabulary() { this.vocabulary.given = await call("GET", `${this.url}/vocabulary`); }

  // Whether it may be changed: a draft is its owner's.
  async loadRights() {
    const { is_mine: isMine = true, status = "open" } = await call("GET", this.url);
    this.isReadOnly ||= !isMine || status !== "open";
  }

  async put(path, text, checksum) {
    const match = checksum ? { "If-Match": `"${checksum}"` } : {};
    const headers = { "Content-Type": "application/octet-stream", ...match };
    return (await call("PUT", this.fileUrl(path), { body: new Blob([text]), headers })).checksum;
  }

  async save(text) { this.checksum = await this.put(this.path, text, this.checksum); }

  // Take the newest checksum, so that what is saved next replaces it.
  async overtake(text) {
    this.checksum = await this.listedChecksum();
    await this.save(text);
  }

  async check() { return (await call("POST", `${this.url}/check`, { json: {} })).faults; }

  async makeForm(name, title) {
    await call("POST", `${this.url}/files`, { json: { kind: "form", key: name, title } });
    await this.loadVocabulary();
  }

  async trial(process, conditions) {
    return call("POST", `/api/process-definitions/${encodeURIComponent(process)}/assignment-trials`, { json: { ...conditions, ...(this.id && { draft_id: this.id }) } });
  }

  // The organisations that may host a case of the process: those of its party.
  async hosts(party) {
    const { items } = await call("GET", "/api/organisations?open=true&page_size=100");
    return items.filter((each) => each.on_server && (!party || each.party === party));
  }

  // ---- what was typed is kept here until the server has it ----

  get store() { return `draft:${whose().id ?? ""}:file:${this.id}:${this.path}`; }

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
  constructor(source, vocabulary) {
    super({ draft: "", path: source }, vocabulary);
    this.source = source;
  }

  async load() { return (await ask("GET", this.source)).text(); }

  async loadVocabulary() {}

  async loadRights() {}

  keep() {}

  kept() { return null; }
}

// What the browser kept because it could not be saved: its person decides. It was made from what the server had then:
// taken up again, it is saved in the place of that alone, and of nothing that was saved since.
export async function leftBehind(draft, text, say) {
  const kept = draft.isReadOnly ? null : draft.kept();
  if (!kept) return null;
  if (kept.text !== text) {
    const time = new Date(kept.at).toLocaleString(language === "en" ? "en-GB" : "zh-CN");
    const chosen = await choose(say("backupTitle"), say("backupText", { time }), [["restore", say("restore")], ["discard", say("discard")]]);
    if (chosen === "restore") {
      draft.checksum = kept.checksum ?? draft.checksum;
      return kept.text;
    }
  }
  draft.forget();
  return null;
}
