// Saves a while after each change, tells how that went, and lets people choose when somebody else saved first.
import { Conflict } from "./draft.js";
import { language, say } from "./texts.js";
import { choose, download } from "./ui.js";

const KEEP = 250, PAUSE = 1200, AGAIN = 8000;

export class Saving {
  constructor(draft, text, status, saved) {
    Object.assign(this, { draft, text, status, saved, isDirty: false, busy: null, timer: null, keeping: null });
    this.leave = (event) => {
      if (!this.isDirty && !this.busy) return;
      event.preventDefault();
      event.returnValue = "";
    };
    window.addEventListener("beforeunload", this.leave);
  }

  show(state, more) {
    this.status.dataset.state = state;
    this.status.textContent = say(state, more);
  }

  changed() {
    if (!this.draft.id) return;
    this.isDirty = true;
    this.show("unsaved");
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    this.timer = setTimeout(() => this.now(), PAUSE);
    this.keeping = setTimeout(() => this.isDirty && this.keep(), KEEP);
  }

  async keep() { this.draft.keep(await this.text()); }

  // One at a time; what changes meanwhile is saved by the next.
  async now() {
    clearTimeout(this.timer);
    if (!this.draft.id || this.draft.isReadOnly) return;
    if (this.busy) { await this.busy; }
    if (!this.isDirty) return;
    this.busy = this.store();
    try { await this.busy; } finally { this.busy = null; }
  }

  async store() {
    const text = await this.text();
    this.draft.keep(text);
    this.isDirty = false;
    this.show("saving");
    try {
      await this.draft.save(text);
      this.done();
    } catch (error) {
      this.isDirty = true;
      if (error instanceof Conflict) await this.settle(text);
      else {
        this.show("notSaved", { reason: error.message });
        this.timer = setTimeout(() => this.now(), AGAIN);
      }
    }
  }

  done() {
    if (!this.isDirty) this.draft.forget();
    const time = new Date().toLocaleTimeString(language === "en" ? "en-GB" : "zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    if (!this.isDirty) this.show("saved", { time });
    this.saved();
  }

  async settle(text) {
    const mark = new Date().toISOString().slice(0, 16).replace(/\D/g, "");
    const other = this.draft.path.replace(/\.bpmn$/, `_${mark}.bpmn`);
    this.show("unsaved");
    const chosen = await choose(say("conflictTitle"), say("conflictText"),
      [["keepBoth", say("keepBoth", { path: other })], ["keepMine", say("keepMine")], ["takeTheirs", say("takeTheirs")]]);
    this.isDirty = false;
    try {
      if (chosen === "keepMine") await this.draft.overtake(text);
      if (chosen === "keepBoth") await this.draft.put(other, text);
      if (chosen === "takeTheirs") download(other.split("/").pop(), text, "application/xml");
      if (chosen !== "keepMine") await this.reload();
      this.done();
    } catch (error) {
      this.isDirty = true;
      this.show("notSaved", { reason: error.message });
      if (error instanceof Conflict) this.timer = setTimeout(() => this.now(), PAUSE);
    }
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    window.removeEventListener("beforeunload", this.leave);
  }
}
