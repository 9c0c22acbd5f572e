// The paper beside a template: what the draft's template makes of sample data, after each save.
import { ask, call, whose } from "../asking.js";
import { make } from "../elements.js";
import { say } from "../drafting/texts.js";

export class Paper {
  static async open(element, draft, kind) {
    const paper = new Paper(element, draft, kind);
    await paper.load();
    return paper;
  }

  constructor(element, draft, kind) {
    Object.assign(this, { draft, kind, failed: () => {}, sample: { data: {}, names: [], filters: [], parts: [] } });
    this.place = element.querySelector('[data-island="paper"]');
    this.problem = make("div", { class: "drafting-problem", role: "status", "aria-live": "polite" });
    this.data = make("textarea", { class: "form-control", spellcheck: "false", "aria-label": say("sample"), oninput: () => this.soon() });
    this.papers = make("select", { class: "form-select form-select-sm", "aria-label": say("example"), onchange: () => this.refresh() },
      make("option", { value: "" }, say("madeUp")));
    this.aside = make("div", { class: "drafting-aside" }, this.problem, this.place, make("details", { class: "drafting-sample p-2" },
      make("summary", {}, say("sample")), make("p", { class: "drafting-help" }, say("sampleHelp")), this.data,
      make("button", { type: "button", class: "btn btn-sm mt-1", onclick: () => this.reset() }, say("reset"))));
  }

  get store() { return `sample:${whose().id ?? ""}:${this.kind}`; }

  async load() {
    const kind = encodeURIComponent(this.kind);
    this.sample = await call("GET", `${this.draft.url}/document-sample?kind=${kind}`).catch(() => this.sample);
    let kept = null;
    try { kept = localStorage.getItem(this.store); } catch { /* forbidden */ }
    this.data.value = kept ?? JSON.stringify(this.sample.data, null, 2);
    const { items = [] } = await call("GET", `/api/documents?kind=${kind}&page_size=20`).catch(() => ({}));
    this.papers.append(...items.map((each) => make("option", { value: each.id, lang: "zh-CN" }, `${each.title} ${each.number ?? ""}`)));
    this.papers.hidden = !items.length;
  }

  reset() {
    this.data.value = JSON.stringify(this.sample.data, null, 2);
    this.soon();
  }

  get completions() {
    const names = this.sample.names.map((label) => ({ label, type: "property" }));
    return { variables: [{ label: "d", type: "variable" }, { label: "parts", type: "variable" }],
      properties: (path) => (path.length === 1 && path[0] === "d" ? names : path[0] === "parts"
        ? this.sample.parts.map((each) => ({ label: each.split("(")[0], detail: each.slice(each.indexOf("(")), type: "function" })) : []) };
  }

  // Lists of what can be put where the cursor stands.
  tools(insert) {
    const list = (label, entries, written) => make("select", { class: "form-select form-select-sm", "aria-label": `${say("insert")}: ${label}`,
      onchange: ({ target }) => { if (target.value) insert(written(target.value)); target.value = ""; } },
    make("option", { value: "" }, `${say("insert")}: ${label}`), ...entries.map((each) => make("option", { value: each }, each)));
    const folder = this.draft.path.split("/").slice(0, 2).join("/");
    return make("div", { class: "drafting-tools" },
      ...["template.html", "document.json"].map((name) => make("a", { class: `btn btn-sm${this.draft.path === `${folder}/${name}` ? " active" : ""}`,
        href: this.draft.pageOf(`${folder}/${name}`) }, name)),
      list(say("names"), this.sample.names, (name) => `{{ d.${name} }}`), list(say("filters"), this.sample.filters, (name) => ` | ${name}`),
      list(say("parts"), this.sample.parts, (part) => `{{ parts.${part} }}`), this.papers);
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.refresh(), 400);
  }

  // One is made at a time; what changes meanwhile is made next.
  async refresh() {
    if (this.busy) { this.again = true; return; }
    this.busy = true;
    do {
      this.again = false;
      await this.make();
    } while (this.again);
    this.busy = false;
  }

  async make() {
    let data;
    try {
      data = JSON.parse(this.data.value || "{}");
    } catch (error) { return void this.tell(say("badJson", { reason: error.message })); }
    try { localStorage.setItem(this.store, this.data.value); } catch { /* full or forbidden */ }
    const chosen = this.papers.value;
    const body = chosen ? { kind: this.kind, document_id: chosen } : { kind: this.kind, data };
    try {
      const response = await ask("POST", `${this.draft.url}/document-preview`, { json: body });
      this.place.dispatchEvent(new CustomEvent("paper:refresh", { detail: await response.arrayBuffer() }));
      this.tell("");
      this.failed([]);
    } catch (error) {
      const { errors = [], message } = error;
      this.tell(errors.length ? errors.map(({ pointer, detail }) => `${pointer} ${detail}`).join("\n") : message);
      this.failed(errors);
    }
  }

  tell(text) {
    this.problem.replaceChildren(...(text ? [make("div", { class: "alert alert-warning mb-0 text-prewrap", lang: "zh-CN" }, text)] : []));
  }
}
