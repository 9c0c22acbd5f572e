// Filling in a task, a start or what is sent elsewhere (desk.send): the bar below the form, drafts, the paper beside it, submitting, other windows.
import { call, freshKey } from "../asking.js";
import { choose, make } from "../elements.js";
import { Drafts } from "./drafts.js";
import { at, listed, pathOf, show } from "./summary.js";
import { t } from "./texts.js";

const PREVIEW = 10, SLOW = 1000;

export class Work {
  constructor(element, desk) {
    Object.assign(this, { element, desk, key: null, sent: null, isBusy: false });
    this.faults = make("div", { class: "alert alert-danger form-faults", hidden: true, tabindex: "-1", role: "alert" });
    this.banner = make("div", { class: "alert alert-warning", hidden: true, role: "status" });
    this.body = make("div", { class: "island-box" });
    this.state = make("span", { class: "form-state text-secondary", role: "status" });
    this.button = make("button", { type: "button", class: "btn btn-primary", title: "Ctrl+Enter" }, t(desk.task_id ? "complete" : "start"));
    this.bar = make("div", { class: "form-bar d-print-none" }, this.button);
    if (desk.task_id) {
      this.keep = make("button", { type: "button", class: "btn", title: "Ctrl+S" }, t("save"));
      this.bar.append(this.keep);
    }
    this.bar.append(this.state);
    element.append(this.faults, this.banner, this.body, this.bar);
  }

  async begin(form, { left, listening, flushAll, isUploading }) {
    Object.assign(this, { form, flushAll, isUploading });
    this.drafts = new Drafts(this.desk, () => form.everything, {
      say: (text, kind) => this.say(text, kind),
      lost: (reason) => this.lost(reason),
      claimed: () => this.add(t("claimed")),
      other: (theirs) => this.meet(theirs),
    });
    const isOther = left && await this.restored(left);
    form.on("changed", () => { this.changed(); });
    if (left && this.drafts.isDirty) this.drafts.changed();
    if (isOther) this.decide(left);
    this.button.addEventListener("click", () => this.submit());
    this.keep?.addEventListener("click", () => this.save());
    this.listen(listening);
    this.show();
  }

  // What stood on this device may have reached the server while the window closed. Otherwise it is taken up again if the
  // server still has what it was typed on; returns whether something else stands there.
  async restored({ answers, bases = [] }) {
    const { saved } = this.drafts;
    if (this.form.reduced(answers) === saved) { this.drafts.forget(); return false; }
    if (this.desk.task_id && !bases.includes(saved)) return true;
    await this.form.take(answers);
    this.note(t("restored"));
    return false;
  }

  // Until its person has chosen, neither is touched.
  async decide({ answers, at }) {
    const time = new Date(at).toLocaleString(document.documentElement.lang.startsWith("en") ? "en-GB" : "zh-CN");
    const chosen = await choose(t("two_texts"), t("two_texts_why", { time }), [["mine", t("use_mine")], ["theirs", t("use_theirs")]]);
    const { everything: theirs } = this.form;
    if (chosen === "mine") await this.swap("kept_mine", "use_theirs", answers, theirs);
    else { this.drafts.forget(); this.offer("kept_theirs", "use_mine", answers); }
  }

  // Another window has saved a draft since this one was opened: its text, or the one that stands here.
  async meet(theirs) {
    this.flushAll();
    const mine = this.form.everything;
    const chosen = await choose(t("two_texts"), t("two_windows_why"), [["mine", t("use_here")], ["theirs", t("use_theirs")]]);
    if (chosen === "mine") { this.offer("kept_mine", "use_theirs", theirs); return; }
    await this.form.take(theirs);
    this.drafts.saved = this.drafts.now;
    this.drafts.forget();
    this.offer("kept_theirs", "use_mine", mine);
  }

  async swap(said, other, answers, replaced) {
    await this.form.take(answers);
    this.drafts.changed();
    this.offer(said, other, replaced);
  }

  // The text that was not chosen stays within reach, with what was typed since.
  offer(said, other, replaced) {
    const [next, back] = other === "use_mine" ? ["kept_mine", "use_theirs"] : ["kept_theirs", "use_mine"];
    const swap = () => { this.flushAll(); this.swap(next, back, replaced, this.form.everything); };
    this.note(t(said), make("button", { type: "button", class: "btn btn-sm mt-2", onclick: swap }, t(other)));
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
    // Who signs out has been asked: nothing is kept any more.
    document.addEventListener("workflow:signing-out", () => this.drafts.end(), { signal });
    if (!this.desk.task_id || !("BroadcastChannel" in window)) return;
    this.channel = new BroadcastChannel(`task:${this.desk.task_id}`);
    this.channel.onmessage = ({ data }) => this.heard(data);
    this.channel.postMessage({ what: "opened" });
  }

  // Giving the task back and signing out leave the page by forms of their own: the draft goes first. What could not be
  // saved is asked about: before signing out by the page (manners.js), which removes it from this device; else here.
  async leave(form, event) {
    this.flushAll();
    const isAsked = form.dataset.left;
    delete form.dataset.left;
    if (isAsked || !this.desk.task_id || !this.drafts.isDirty) return;
    event.preventDefault();
    await this.drafts.save();
    const isLost = this.drafts.isDirty && !form.querySelector("[data-sign-out]");
    if (isLost && await choose(t("not_saved_title"), t("not_saved_why"), [["stay", t("stay")], ["leave", t("leave")]]) === "stay") return;
    if (isLost) this.drafts.end();
    form.dataset.left = "true";
    form.requestSubmit();
  }

  heard({ what }) {
    if (what === "completed" && !this.isBusy) this.lost("completed_elsewhere");
    if (what === "opened" || what === "here") this.add(t("editing_elsewhere"));
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
    this.banner.replaceChildren(make("p", { class: "mb-0" }, text), ...more);
  }

  // Beside what stands there already, such as the text that can be taken back.
  add(text) {
    if (this.banner.hidden) this.note(text);
    else if (!this.banner.textContent.includes(text)) this.banner.prepend(make("p", { class: "mb-1" }, text));
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
    const copy = make("button", { type: "button", class: "btn btn-sm me-2" }, t("copy_text"));
    copy.addEventListener("click", async () => {
      await navigator.clipboard?.writeText(this.text()).catch(() => {});
      copy.textContent = t("copied");
    });
    const link = make("a", { href: window.location.pathname }, t("in_page"));
    link.addEventListener("click", () => this.drafts.forget());
    this.say("", "lost");
    this.note(t(reason), make("p", { class: "mt-2 mb-0" }, copy, link));
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
      this.hold(false);
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

  // While the answers are on their way nothing more can be typed into them.
  hold(isHeld) {
    if (isHeld) this.focused = document.activeElement;
    this.body.inert = isHeld || Boolean(this.isDone);
    if (!isHeld && this.body.contains(this.focused) && document.activeElement === document.body) this.focused.focus();
  }

  // The same answers go out under the same key, so that a lost answer does not make two of one act.
  async send(answers) {
    const text = JSON.stringify([answers, this.desk.organisation_id]);
    if (text !== this.sent) { this.sent = text; this.key = freshKey(); }
    this.hold(true);
    clearTimeout(this.drafts.timer);
    while (this.drafts.saving) await this.drafts.saving;
    const { url, json } = this.asked(answers);
    const done = await call("POST", url, { json, key: this.key });
    this.isDone = true;
    this.drafts.end();
    this.drafts.forget();
    this.channel?.postMessage({ what: "completed" });
    window.location.assign(this.after(done));
  }

  asked(answers) {
    const { task_id: task, send, start } = this.desk;
    if (task) return { url: `/api/tasks/${task}/completion`, json: { answers } };
    if (send) return { url: send.url, json: { answers, ...send.more } };
    return { url: "/api/process-instances", json: { process_key: start.key, element_id: start.element, role: start.role, answers, organisation_id: this.desk.organisation_id } };
  }

  after(done) {
    const mine = done.next_tasks?.find((each) => each.mine);
    if (this.desk.start) return `/started/${done.id}`;
    if (this.desk.send) return this.desk.send.after;
    return mine ? `/tasks/${mine.id}?notice=next` : "/tasks/next?notice=completed";
  }

  refused(error) {
    if (error.isNetwork) { this.say("", "failed"); show(this.faults, [], [t("network")]); return; }
    if (error.code === "idempotency-key-reused") this.sent = null;
    if (this.desk.task_id && ((error.status === 409 && /^task-/.test(error.code)) || [403, 404].includes(error.status))) {
      this.lost(error.status === 409 ? "completed_elsewhere" : "gone");
      return;
    }
    if (this.desk.send && (error.code === this.desk.send.gone || [403, 404].includes(error.status))) { this.lost("act_gone"); return; }
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
    this.flushAll?.();
    this.channel?.close();
    clearTimeout(this.timer);
    this.drafts?.leave();
    this.drafts?.end();
  }
}
