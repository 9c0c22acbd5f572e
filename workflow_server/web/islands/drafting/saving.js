// Saves a file of a draft a while after each change, tells how that went, and lets people choose when somebody else
// saved first.
import { choose, download, make } from "../elements.js";
import { language } from "../saying.js";
import { isConflict, isShut } from "./draft.js";

const KEEP = 250, PAUSE = 1200, AGAIN = 8000;

export class Saving {
  // `text` tells what stands in the editor, `reload` puts what the server has into it, `saved` hears of each save,
  // `shut` that nothing can be saved any more. `say` speaks the editor's words.
  constructor(draft, { text, status, say, saved = () => {}, reload, shut }) {
    Object.assign(this, { draft, text, status, say, saved, reload, shut, isDirty: false, busy: null, timer: null, keeping: null });
    this.leave = (event) => {
      if (!this.isDirty && !this.busy) return;
      event.preventDefault();
      event.returnValue = "";
    };
    this.over = () => { this.isDirty = false; this.stop(); };
    window.addEventListener("beforeunload", this.leave);
    document.addEventListener("workflow:signing-out", this.over);
  }

  show(state, more) {
    if (!this.status) return;
    this.status.dataset.state = state;
    this.status.textContent = this.say(state, more);
  }

  changed() {
    if (!this.draft.id) return;
    this.isDirty = true;
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    this.keeping = setTimeout(() => this.isDirty && this.keep(), KEEP);
    if (this.draft.isReadOnly) return;
    this.show("unsaved");
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async keep() { this.draft.keep(await this.text()); }

  // One at a time; what changes meanwhile is saved by the next.
  async now() {
    clearTimeout(this.timer);
    while (this.busy) await this.busy;
    if (!this.draft.id || this.draft.isReadOnly || !this.isDirty) return;
    this.busy = this.store().finally(() => { this.busy = null; });
    await this.busy;
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
      if (isConflict(error)) await this.settle(text);
      else this.missed(error, text);
    }
  }

  // What can't be saved here any more stays on this computer, and can be taken away as a file.
  missed(error, text) {
    if (!isShut(error)) {
      this.show("notSaved", { reason: error.message });
      this.timer = setTimeout(() => this.now(), AGAIN);
      return;
    }
    this.draft.isReadOnly = true;
    this.show("shut", { reason: error.message });
    const takeAway = () => download(this.draft.path.split("/").pop(), text, "text/plain");
    if (this.shut) this.shut(error.message, takeAway);
    else this.status?.append(" ", make("button", { type: "button", class: "btn btn-sm", onclick: takeAway }, this.say("takeAway")));
  }

  done() {
    if (!this.isDirty) this.draft.forget();
    const time = new Date().toLocaleTimeString(language === "en" ? "en-GB" : "zh-CN", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    if (!this.isDirty) this.show("saved", { time });
    this.saved();
  }

  // The ways to go on after a conflict: [key, label, act]; what is not kept here is downloaded.
  ways(text) {
    return [["keepMine", this.say("keepMine"), () => this.draft.overtake(text)], ["takeTheirs", this.say("takeTheirs"), async () => {
      download(this.draft.path.split("/").pop(), text, "text/plain");
      await this.reload();
    }]];
  }

  async settle(text) {
    this.show("unsaved");
    const ways = this.ways(text);
    const chosen = await choose(this.say("conflictTitle"), this.say("conflictText"), ways);
    this.isDirty = false;
    try {
      await ways.find(([key]) => key === chosen)[2]();
      this.done();
    } catch (error) {
      this.isDirty = true;
      if (isConflict(error)) this.timer = setTimeout(() => this.now(), PAUSE);
      else this.missed(error, text);
    }
  }

  stop() {
    clearTimeout(this.timer);
    clearTimeout(this.keeping);
    window.removeEventListener("beforeunload", this.leave);
    document.removeEventListener("workflow:signing-out", this.over);
  }
}
