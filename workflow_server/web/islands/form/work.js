// Filling in a task or a start: the bar below the form, drafts, the paper beside it, submitting, other windows.
import { call, freshKey } from "./api.js";
import { Drafts } from "./drafts.js";
import { at, listed, pathOf, show } from "./summary.js";
import { t } from "./texts.js";

const PREVIEW = 120, SLOW = 1000;

function made(name, properties, ...children) {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export class Work {
  constructor(element, desk) {
    Object.assign(this, { element, desk, key: null, sent: null, isBusy: false });
    this.faults = made("div", { className: "alert alert-danger form-faults", hidden: true, tabIndex: -1 });
    this.faults.setAttribute("role", "alert");
    this.banner = made("div", { className: "alert alert-warning", hidden: true });
    this.banner.setAttribute("role", "status");
    this.body = made("div", { className: "island-box" });
    this.state = made("span", { className: "form-state text-secondary" });
    this.state.setAttribute("role", "status");
    this.button = made("button", { type: "button", className: "btn btn-primary", textContent: t(desk.task_id ? "complete" : "start") });
    this.button.title = "Ctrl+Enter";
    this.bar = made("div", { className: "form-bar d-print-none" }, this.button);
    if (desk.task_id) {
      this.keep = made("button", { type: "button", className: "btn", textContent: t("save"), title: "Ctrl+S" });
      this.bar.append(this.keep);
    }
    this.bar.append(this.state);
    element.append(this.faults, this.banner, this.body, this.bar);
  }

  begin(form, { isRestored, listening, flushAll, isUploading }) {
    Object.assign(this, { form, flushAll, isUploading });
    this.drafts = new Drafts(this.desk, () => form.everything, {
      say: (text, kind) => this.say(text, kind),
      lost: (reason) => this.lost(reason),
      claimed: () => this.note(t("claimed")),
    });
    if (isRestored) this.restored();
    form.on("changed", () => { this.changed(); });
    this.button.addEventListener("click", () => this.submit());
    this.keep?.addEventListener("click", () => this.save());
    this.listen(listening);
    this.show();
  }

  // What stood on this device may have reached the server while the window closed.
  restored() {
    this.drafts.saved = this.form.reduced(this.desk.data ?? {});
    if (!this.drafts.isDirty) { this.drafts.forget(); return; }
    this.note(t("restored"));
    this.drafts.changed();
  }

  listen({ signal }) {
    this.element.addEventListener("keydown", (event) => {
      if (!(event.ctrlKey || event.metaKey) || event.isComposing || event.altKey) return;
      if (event.key === "Enter") { event.preventDefault(); this.submit(); }
      if (event.key.toLowerCase() === "s") { event.preventDefault(); this.save(); }
    }, { signal });
    window.addEventListener("beforeunload", (event) => { if (this.drafts.isAtRisk || this.isUploading()) event.preventDefault(); }, { signal });
    window.addEventListener("pagehide", () => { this.flushAll(); this.drafts.leave(); }, { signal });
    window.addEventListener("online", () => this.drafts.save(), { signal });
    document.addEventListener("island:ready", ({ target }) => { if (target.dataset.island === "paper") this.show(); }, { signal });
    document.querySelectorAll("form[data-leaves], form:has([data-sign-out])").forEach(
      (each) => each.addEventListener("submit", (event) => this.leave(each, event), { signal }));
    if (!this.desk.task_id || !("BroadcastChannel" in window)) return;
    this.channel = new BroadcastChannel(`task:${this.desk.task_id}`);
    this.channel.onmessage = ({ data }) => this.heard(data);
    this.channel.postMessage({ what: "opened" });
  }

  // Giving the task back and signing out leave the page by forms of their own: the draft goes first.
  async leave(form, event) {
    this.flushAll();
    if (form.dataset.left || !this.desk.task_id || !this.drafts.isDirty) {
      if (form.querySelector("[data-sign-out]")) this.drafts.end();
      return;
    }
    event.preventDefault();
    form.dataset.left = "true";
    await this.drafts.save();
    form.requestSubmit();
  }

  heard({ what }) {
    if (what === "completed" && !this.isBusy) this.lost("completed_elsewhere");
    if (what === "opened" || what === "here") this.note(t("editing_elsewhere"));
    if (what === "opened") this.channel.postMessage({ what: "here" });
  }

  changed() {
    this.drafts.changed();
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.show(), PREVIEW);
  }

  // The papers beside the form are drawn from what stands in it now.
  show() {
    const detail = { answers: this.form.shown };
    document.querySelectorAll('[data-island="paper"][data-preview]').forEach((each) => each.dispatchEvent(new CustomEvent("workflow:answers", { detail })));
  }

  say(text, kind) {
    this.state.textContent = text;
    this.state.dataset.kind = kind;
  }

  note(text, ...more) {
    this.banner.hidden = false;
    this.banner.replaceChildren(made("p", { textContent: text, className: "mb-0" }), ...more);
  }

  async save() {
    this.flushAll();
    await this.drafts.save();
  }

  // Nothing more can be sent, but what was typed stays, to be read and copied.
  lost(reason) {
    this.drafts.end();
    this.drafts.keepHere();
    this.button.disabled = true;
    if (this.keep) this.keep.disabled = true;
    const copy = made("button", { type: "button", className: "btn btn-sm me-2", textContent: t("copy_text") });
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(this.text()).catch(() => {});
      copy.textContent = t("copied");
    });
    const link = made("a", { href: window.location.pathname, textContent: t("in_page") });
    link.addEventListener("click", () => this.drafts.forget());
    this.say("", "lost");
    this.note(t(reason), made("p", { className: "mt-2 mb-0" }, copy, link));
    this.banner.scrollIntoView({ block: "center" });
  }

  text() {
    return [...this.body.querySelectorAll("input[type=text], textarea")].filter((each) => each.value.trim())
      .map((each) => `${each.labels?.[0]?.textContent.replace("*", "").trim() ?? ""}：${each.value}`).join("\n");
  }

  async submit() {
    if (this.isBusy || this.button.disabled) return;
    this.flushAll();
    if (this.isUploading()) { show(this.faults, [], [t("files_left")]); return; }
    this.busy(true);
    try {
      if (await this.isRight()) await this.send(this.form.answers);
    } catch (error) {
      this.refused(error);
    } finally {
      this.busy(false);
    }
  }

  async isRight() {
    const errors = this.form.validate();
    // The page shows faults a moment later, and they are listed as they stand in it.
    await new Promise((done) => setTimeout(done));
    const faults = listed(this.form, errors);
    show(this.faults, faults);
    return !faults.length;
  }

  busy(isBusy) {
    this.isBusy = isBusy;
    this.button.disabled = isBusy || this.isDone;
    clearTimeout(this.slow);
    this.button.classList.toggle("btn-loading", false);
    if (!isBusy) return;
    this.slow = setTimeout(() => { this.button.classList.add("btn-loading"); this.say(t("submitting"), "waiting"); }, SLOW);
  }

  // The same answers go out under the same key, so that a lost answer does not make two of one act.
  async send(answers) {
    const { task_id: task, start } = this.desk, text = JSON.stringify([answers, this.desk.organisation_id]);
    if (text !== this.sent) { this.sent = text; this.key = freshKey(); }
    clearTimeout(this.drafts.timer);
    await this.drafts.saving;
    const url = task ? `/api/tasks/${task}/completion` : "/api/process-instances";
    const body = task ? { answers } : { process_key: start.key, answers, organisation_id: this.desk.organisation_id };
    const done = await call("POST", url, { body, key: this.key });
    this.isDone = true;
    this.drafts.end();
    this.drafts.forget();
    this.channel?.postMessage({ what: "completed" });
    window.location.assign(this.after(done));
  }

  after(done) {
    const mine = done.next_tasks?.find((each) => each.mine);
    if (this.desk.start) return `/started/${done.id}`;
    return mine ? `/tasks/${mine.id}?notice=next` : "/tasks/next?notice=completed";
  }

  refused(error) {
    if (error.isNetwork) { this.say("", "failed"); show(this.faults, [], [t("network")]); return; }
    if (error.code === "idempotency-key-reused") this.sent = null;
    if (this.desk.task_id && ((error.status === 409 && /^task-/.test(error.code)) || [403, 404].includes(error.status))) {
      this.lost(error.status === 409 ? "completed_elsewhere" : "gone");
      return;
    }
    const errors = {}, rest = [];
    for (const { pointer, detail } of error.errors) {
      if (!at(this.form, errors, pathOf(pointer), detail)) rest.push(detail);
    }
    this.form._setState({ errors });
    if (!error.errors.length) rest.push(error.message ?? String(error));
    setTimeout(() => show(this.faults, listed(this.form, errors), rest));
    if (!error.status) console.error(error);
  }

  end() {
    this.channel?.close();
    clearTimeout(this.timer);
    this.drafts?.leave();
    this.drafts?.end();
  }
}
