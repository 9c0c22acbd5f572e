// Keeps what is typed: on this device at once, on the server after a moment; one save at a time.
import { ask, call } from "../asking.js";
import { clock } from "./days.js";
import { t } from "./texts.js";

const WAIT = 1500, AGAIN = 8000, KEEPALIVE = 60000;
const PREFIX = "draft:";

const part = ({ task_id: task, send, start }) => task ?? send?.draft ?? `start:${start?.key}:${start?.element}`;
const place = (desk) => `${PREFIX}${desk.person_id}:${part(desk)}`;

export class Drafts {
  // `say(text, kind)` shows where the draft is; `lost(reason)` that the task is not this person's to do any more;
  // `other(answers)` that another draft stands on the server by now, and somebody has to choose.
  constructor(desk, read, { say, lost, claimed, other }) {
    Object.assign(this, { desk, read, say, lost, claimed, other, version: desk.draft_version, isAsking: false, key: place(desk), timer: 0, saving: null, sent: null, isOver: false, isKeptHere: true });
    this.isFree = desk.is_free;
    this.saved = JSON.stringify(read());
    this.onServer = Boolean(desk.task_id);
  }

  // What an earlier window could not hand to the server any more: {answers, at, bases}. `bases` are the drafts of the
  // server that it was typed on; where another stands there now, it was written elsewhere since.
  static left(desk) {
    try {
      return JSON.parse(localStorage.getItem(place(desk)) ?? "null");
    } catch { return null; }
  }

  get address() { return `/api/tasks/${this.desk.task_id}/draft`; }

  // What the server must still have for this text to take its place.
  get match() { return this.version ? { "If-Match": this.version.startsWith('"') ? this.version : `"${this.version}"` } : {}; }

  // Another draft stands there. Until somebody has chosen nothing is saved on the server, and neither text is touched.
  async meet() {
    this.isAsking = true;
    this.failed = true;
    this.say(t("not_saved_yet"), "failed");
    try {
      const { draft, draft_version: version } = await call("GET", `/api/tasks/${this.desk.task_id}`);
      this.version = version;
      await this.other(draft ?? {});
      this.failed = false;
    } catch (error) {
      if (!error.status && !error.isNetwork) throw error;
      this.timer = setTimeout(() => this.save(), AGAIN);
    }
    this.isAsking = false;
    this.changed();
  }

  get now() { return JSON.stringify(this.read()); }

  get isDirty() { return !this.isOver && this.now !== this.saved; }

  // Leaving would lose something: it stands neither here nor there, or only here after the server was tried.
  get isAtRisk() { return this.isDirty && (!this.isKeptHere || (this.onServer && this.failed)); }

  changed() {
    if (this.isOver || !this.isDirty) return;
    this.keepHere();
    if (!this.onServer) { this.say(t("kept_here", { time: clock() }), "saved"); return; }
    if (this.isAsking) return;
    if (!this.failed) this.say(t("drafting"), "waiting");
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.save(), WAIT);
  }

  keepHere() {
    try {
      localStorage.setItem(this.key, JSON.stringify({ answers: this.read(), at: Date.now(), bases: [this.saved, this.sent] }));
      this.isKeptHere = true;
    } catch { this.isKeptHere = false; }
  }

  async save() {
    clearTimeout(this.timer);
    while (this.saving) await this.saving;
    if (this.isOver || this.isAsking || !this.isDirty || !this.onServer) return;
    this.saving = this.send().finally(() => { this.saving = null; });
    await this.saving;
  }

  async send() {
    const text = this.now;
    this.sent = text;
    this.keepHere();
    this.say(t("saving"), "waiting");
    try {
      const { headers } = await ask("PUT", this.address, { json: { answers: JSON.parse(text) }, headers: this.match });
      this.version = headers.get("ETag");
    } catch (error) {
      this.missed(error);
      return;
    }
    this.failed = false;
    this.saved = text;
    if (this.isOver) return;
    if (this.isFree) { this.isFree = false; this.claimed(); }
    this.say(t("saved", { time: clock() }), "saved");
    if (this.now === text) this.forget();
    else this.changed();
  }

  missed(error) {
    if ([404, 403].includes(error.status)) { this.lost("gone", error); return; }
    if (error.code === "draft-changed-elsewhere") { this.meet(); return; }
    if (error.status === 409 && /^task-/.test(error.code)) { this.lost("completed_elsewhere", error); return; }
    this.failed = true;
    this.say(error.isNetwork ? t("not_saved") : error.message, "failed");
    this.timer = setTimeout(() => this.save(), AGAIN);
  }

  // The window closes: what is not on the server yet is sent as it goes, and stays here until the next one has seen it.
  leave() {
    if (!this.isDirty) return;
    const json = { answers: this.read() };
    this.sent = this.now;
    this.keepHere();
    if (this.onServer && JSON.stringify(json).length < KEEPALIVE) {
      call("PUT", this.address, { json, headers: this.match, keepalive: true, quiet: true }).catch(() => {});
    }
  }

  forget() {
    try { localStorage.removeItem(this.key); } catch { /* nothing is kept then */ }
  }

  end() {
    this.isOver = true;
    clearTimeout(this.timer);
  }
}
