// Shows a paper. data-source: the address of a finished one; data-preview with data-kind: where it is made from
// the answers that `workflow:answers` brings (detail {answers}). `paper:refresh` brings a PDF (ArrayBuffer), or
// nothing to fetch it again. data-title, data-download, data-print; data-element, data-role, data-organisation for a start.
import "./paper.css";
import { ask } from "../asking.js";
import { island } from "../start.js";
import { Frame } from "./frame.js";
import { Pages } from "./pages.js";
import { words } from "./words.js";

const SETTLE_MS = 5; // several answers at once are one
const PATIENCE_MS = 20000;
const TRIES = 90;

const wait = (ms) => new Promise((done) => { setTimeout(done, ms); });

const SENTENCES = { 401: words.signedOut, 404: words.gone, 503: words.busy };

const sentence = (error) => (error.isNetwork ? words.lost : SENTENCES[error.status] ?? (error.status ? error.message : words.failed));

class Paper {
  constructor(element) {
    this.element = element;
    const container = document.createElement("div");
    container.className = "paper-pages";
    this.pages = new Pages(container);
    this.frame = new Frame(element, this.pages);
    this.asked = 0;
    this.rested = 0;
  }

  emit(name, detail) {
    this.element.dispatchEvent(new CustomEvent(name, { bubbles: true, detail }));
  }

  async show(data, timing = {}) {
    const began = performance.now();
    let seen = 0;
    const count = await this.pages.show(data, () => { seen = performance.now() - began; });
    if (count === null) return;
    this.frame.drawn(count);
    // In milliseconds: until the page that is looked at stood, and all of them.
    this.emit("paper:drawn", { pages: count, seen, drawing: performance.now() - began, ...timing });
  }

  fail(error) {
    const kept = this.pages.container.children.length ? words.kept : "";
    this.frame.say();
    this.frame.tell(`${sentence(error)} ${kept}`.trim(), "warning");
    this.emit("paper:failed", { error });
  }

  // ---- a finished paper ----

  async open() {
    this.frame.say(words.drawing);
    for (let tries = 0; tries < TRIES && this.element.isConnected; tries += 1) {
      try {
        const response = await ask("GET", this.element.dataset.source, { patience: PATIENCE_MS });
        this.frame.tell();
        await this.show(await response.arrayBuffer());
        this.frame.say();
        return;
      } catch (error) {
        if (error.status !== 503) return void this.fail(error);
        this.frame.say();
        this.frame.tell(words.producing);
        await wait(1000 * error.after);
      }
    }
    this.fail(new Error(words.failed));
  }

  // ---- a paper that is being written ----

  // One is made at a time: what is typed meanwhile is made next, and only its newest state.
  change(answers) {
    this.answers = answers;
    this.asked = performance.now();
    if (this.isVisible === false) return;
    clearTimeout(this.later);
    this.later = setTimeout(() => this.refresh(), Math.max(SETTLE_MS, this.rested - this.asked));
  }

  see(visible) {
    const shown = visible && this.isVisible === false;
    this.isVisible = visible;
    if (shown && this.answers !== this.made) this.refresh();
  }

  async refresh() {
    if (this.busy || !this.element.isConnected) return;
    this.busy = true;
    this.frame.say(words.updating);
    let again = 0;
    while (this.answers !== this.made || again) {
      const { answers } = this;
      if (again) await wait(1000 * again);
      again = await this.make(answers);
      if (!again) this.made = answers;
      if (!this.element.isConnected) break;
    }
    this.busy = false;
    this.frame.say();
  }

  // Returns after how many seconds to try again, if that helps.
  async make(answers) {
    const { preview, kind, element, role, organisation } = this.element.dataset;
    const body = { kind, answers };
    if (element) body.element_id = element;
    if (role) body.role = role;
    if (organisation) body.organisation_id = organisation;
    const began = performance.now();
    try {
      const response = await ask("POST", preview, { json: body, patience: PATIENCE_MS });
      const data = await response.arrayBuffer();
      const missing = JSON.parse(decodeURIComponent(response.headers.get("Missing-Parts") ?? "[]"));
      const server = performance.now() - began;
      // A server that is slow to draw is asked the less often: it rests as long as it worked.
      this.rested = performance.now() + server;
      await this.show(data, { server, waited: began - this.asked });
      this.frame.tell(missing.length ? words.missing(missing) : "");
      return 0;
    } catch (error) {
      this.fail(error);
      return error.status === 503 ? error.after : 0;
    }
  }
}

function follow(paper, element) {
  const cut = new IntersectionObserver(([entry]) => paper.see(entry.isIntersecting));
  cut.observe(element);
  element.addEventListener("workflow:answers", ({ detail }) => paper.change(detail.answers));
  // A form says what it holds as soon as it stands; without one the paper is shown empty.
  const alone = setTimeout(() => { if (!paper.answers) paper.change({}); }, 1500);
  return () => { cut.disconnect(); clearTimeout(alone); clearTimeout(paper.later); };
}

island("paper", async (element) => {
  const paper = new Paper(element);
  const { source, preview } = element.dataset;
  const leave = preview ? follow(paper, element) : () => {};
  element.addEventListener("paper:refresh", async ({ detail }) => {
    if (!detail) return void (source ? paper.open() : paper.change({ ...paper.answers }));
    try {
      await paper.show(detail);
      paper.frame.tell();
    } catch (error) { paper.fail(error); }
  });
  let later;
  const watch = new ResizeObserver(() => {
    clearTimeout(later);
    later = setTimeout(() => paper.pages.redraw().catch((error) => paper.fail(error)), 150);
  });
  if (source) await paper.open();
  watch.observe(paper.pages.container);
  return () => { leave(); watch.disconnect(); clearTimeout(later); paper.frame.full(false); paper.pages.close(); };
});
