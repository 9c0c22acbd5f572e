// What the server's check found: marks on the canvas, and a list that leads to each.
import { say } from "./texts.js";
import { make } from "../elements.js";
import { AROUND } from "./ui.js";

const PAUSE = 1000;

export class Faults {
  constructor(modeler, draft, place, tell) {
    Object.assign(this, { modeler, draft, place, tell, marked: [], found: [], timer: null, round: 0 });
    this.title = make("h2", { class: "faults-title", "aria-live": "polite" });
    this.list = make("ul", { class: "faults-list" });
    this.toggle = make("button", { type: "button", class: "btn btn-sm", "aria-expanded": "true", onclick: () => this.fold() }, say("hide"));
    place.append(make("div", { class: "faults-head" }, this.title, this.toggle), this.list);
    modeler.get("eventBus").on("import.done", () => this.mark());
  }

  fold(isOpen = this.list.hidden) {
    this.list.hidden = !isOpen;
    this.toggle.textContent = say(isOpen ? "hide" : "show");
    this.toggle.setAttribute("aria-expanded", String(isOpen));
  }

  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.run(), PAUSE);
  }

  async run() {
    clearTimeout(this.timer);
    if (!this.draft.id) return;
    const round = this.round += 1;
    this.title.textContent = say("checking");
    try {
      const found = await this.draft.check();
      if (round === this.round) this.show(found);
    } catch (error) {
      if (round === this.round) this.title.textContent = say("checkFailed", { reason: error.message });
    }
  }

  show(found) {
    this.found = found.map((fault) => ({ ...fault, ...this.placeOf(fault.pointer) }));
    const here = this.found.filter((each) => each.isHere), others = this.found.filter((each) => !each.isHere);
    this.title.textContent = found.length
      ? `${say("faults")}：${say("faultCount", { count: found.length })}（${say("here", { count: here.length })}）` : `${say("faults")}：${say("noFaults")}`;
    this.place.dataset.count = String(found.length);
    const grouped = [...here].sort((one, other) => (one.id ?? "").localeCompare(other.id ?? ""));
    this.list.replaceChildren(...grouped.map((each) => this.row(each)),
      ...(others.length ? [make("li", { class: "faults-else" }, say("elsewhere"))] : []), ...others.map((each) => this.row(each)));
    this.mark();
  }

  // `bpmn/x.bpmn:12 ElementId` or `forms/x.json#/…`
  placeOf(pointer) {
    const [, file, line, id] = /^([^:#\s]+\.\w+)(?::(\d+))?(?:\s+([^\s#]+))?/.exec(pointer ?? "") ?? [];
    const place = id ? ["element", id] : line ? ["line", line] : ["at", pointer?.split("#")[1] ?? ""];
    return { file: file ?? pointer, id, isHere: file === this.draft.path, query: new URLSearchParams([place]).toString() };
  }

  row({ id, file, detail, pointer, isHere, query }) {
    const element = isHere && this.elementOf(id);
    const name = element?.businessObject?.name ?? id ?? (isHere ? say("wholeDiagram") : file);
    const words = [make("strong", { lang: "zh-CN" }, name), " ", make("span", { lang: "zh-CN" }, detail)];
    const way = element || !file?.includes("/") || isHere
      ? make("button", { type: "button", class: "fault", "data-element": id ?? "", title: pointer, onclick: () => this.lead(element) }, ...words)
      : make("a", { class: "fault", href: `${this.draft.pageOf(file)}?${query}`, title: pointer }, ...words);
    return make("li", {}, way);
  }

  // A process is shown by its pool, whatever has no shape by the whole diagram.
  elementOf(id) {
    const registry = this.modeler.get("elementRegistry");
    return registry.get(id) ?? registry.find((each) => each.businessObject?.processRef?.id === id);
  }

  lead(element) {
    const canvas = this.modeler.get("canvas"), target = element || canvas.getRootElement();
    this.modeler.get("selection").select(element ? [element] : []);
    if (canvas.zoom() < 0.5) canvas.zoom(0.8);
    if (element?.x !== undefined || element?.waypoints) canvas.scrollToElement(element, AROUND);
    return target;
  }

  mark() {
    const overlays = this.modeler.get("overlays"), canvas = this.modeler.get("canvas"), registry = this.modeler.get("elementRegistry");
    overlays.remove({ type: "fault" });
    this.marked.filter((id) => registry.get(id)).forEach((id) => canvas.removeMarker(id, "has-fault"));
    const byElement = new Map();
    this.found.filter((each) => each.isHere).forEach((each) => {
      const element = this.elementOf(each.id);
      if (element && (element.x !== undefined || element.waypoints)) byElement.set(element, [...(byElement.get(element) ?? []), each.detail]);
    });
    this.marked = [...byElement.keys()].map(({ id }) => id);
    byElement.forEach((details, element) => {
      canvas.addMarker(element, "has-fault");
      overlays.add(element, "fault", { position: { top: -10, right: 10 }, html: make("button",
        { type: "button", class: "fault-badge", title: details.join("\n"), "aria-label": `${element.businessObject.name ?? element.id}: ${details.join("；")}`,
          onclick: () => this.open(element) }, String(details.length)) });
    });
  }

  open(element) {
    this.fold(true);
    this.lead(element);
    const id = element.businessObject.processRef?.id ?? element.id;
    const row = [...this.list.querySelectorAll("[data-element]")].find((each) => each.dataset.element === id || each.dataset.element === element.id);
    row?.scrollIntoView({ block: "nearest" });
    row?.focus();
  }

  stop() { clearTimeout(this.timer); }
}
