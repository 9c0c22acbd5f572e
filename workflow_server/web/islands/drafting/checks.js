// The server's check of the whole draft, shown for one file: a list whose entries lead to the place.
import { make } from "../elements.js";
import { say } from "./texts.js";

export class Checks {
  // `lead(fault)` goes to the place of a fault of this file; `found(faults)` is told of them all.
  constructor(draft, place, { lead, found = () => {} }) {
    Object.assign(this, { draft, place, lead, found, asked: 0 });
    this.status = make("span", { role: "status", "aria-live": "polite" });
    this.list = make("ul", { class: "drafting-faults" });
    place.append(make("div", { class: "drafting-faults-head" }, make("strong", {}, say("faults")), this.status,
      make("button", { type: "button", class: "btn btn-sm ms-auto", onclick: () => this.run() }, say("check"))), this.list);
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), 800);
  }

  async run() {
    const asked = ++this.asked;
    this.status.textContent = say("checking");
    try {
      const faults = await this.draft.check();
      if (asked === this.asked) this.show(faults);
    } catch (error) {
      if (asked === this.asked) this.status.textContent = say("checkFailed", { reason: error.message });
    }
  }

  show(faults) {
    const own = faults.filter(({ pointer }) => pointer === this.draft.path || /^[:#]/.test(pointer.slice(this.draft.path.length))
      && pointer.startsWith(this.draft.path));
    const more = faults.length - own.length;
    this.status.textContent = [own.length ? say("faultCount", { count: own.length }) : say("noFaults"),
      more ? say("elsewhere", { count: more }) : ""].filter(Boolean).join(" · ");
    this.place.dataset.count = String(own.length);
    this.list.replaceChildren(...own.map((fault) => make("li", {}, make("button", { type: "button", class: "btn btn-link p-0 text-start",
      onclick: () => this.lead(fault) }, make("code", {}, fault.pointer.slice(this.draft.path.length) || "·")), " ", make("span", { lang: "zh-CN" }, fault.detail))));
    this.found(own);
  }

  stop() { clearTimeout(this.timer); }
}
