// The frame around the pages: tools, what is going on, full screen.
import { words } from "./words.js";

function make(tag, className, more = {}) {
  return Object.assign(document.createElement(tag), { className, ...more });
}

export class Frame {
  constructor(element, pages) {
    this.element = element;
    this.pages = pages;
    this.title = element.dataset.title || words.paper;
    this.tools = make("div", "paper-tools", { role: "toolbar" });
    this.tools.setAttribute("aria-label", this.title);
    this.count = make("span", "paper-count");
    this.state = make("span", "paper-state");
    this.state.setAttribute("role", "status");
    this.note = make("p", "paper-note", { hidden: true });
    this.note.setAttribute("role", "status");
    this.tools.append(
      this.count, this.state, make("span", "paper-gap"),
      this.button("−", words.smaller, () => this.zoom(1 / 1.2)),
      this.button("＋", words.larger, () => this.zoom(1.2)),
      this.button(words.fit, words.fit, () => this.zoom(0)),
      ...this.links(),
    );
    this.fuller = this.button(words.full, words.full, () => this.full(!this.isFull));
    this.fuller.classList.add("paper-full-button");
    this.tools.append(this.fuller);
    const sheets = pages.container;
    sheets.tabIndex = 0;
    sheets.setAttribute("role", "region");
    sheets.setAttribute("aria-label", this.title);
    element.setAttribute("aria-label", this.title);
    element.append(this.tools, this.note, sheets);
    sheets.addEventListener("keydown", (event) => this.key(event));
    sheets.addEventListener("click", () => {
      const chosen = String(getSelection());
      if (matchMedia("(max-width: 575px)").matches && !this.isFull && !chosen) this.full(true);
    });
    element.addEventListener("keydown", (event) => { if (event.key === "Escape" && this.isFull) this.full(false); });
  }

  button(text, label, act) {
    const made = make("button", "btn btn-sm", { type: "button", textContent: text, title: label });
    made.setAttribute("aria-label", label);
    made.addEventListener("click", act);
    return made;
  }

  links() {
    const { download, print } = this.element.dataset;
    const made = [];
    if (download) made.push(make("a", "btn btn-sm", { href: download, textContent: words.download }));
    if (print) made.push(make("a", "btn btn-sm", { href: print, target: "_blank", rel: "noopener", textContent: words.print }));
    return made;
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const factor = { "+": 1.2, "=": 1.2, "-": 1 / 1.2, 0: 0 }[event.key];
    if (factor === undefined) return;
    event.preventDefault();
    this.zoom(factor);
  }

  zoom(factor) {
    this.pages.zoom = factor ? Math.min(4, Math.max(0.4, this.pages.zoom * factor)) : 1;
    return this.pages.redraw();
  }

  full(wanted) {
    this.isFull = wanted;
    this.element.classList.toggle("paper-full", wanted);
    document.documentElement.classList.toggle("paper-full-page", wanted);
    this.element.toggleAttribute("aria-modal", wanted);
    if (wanted) this.element.setAttribute("role", "dialog");
    else this.element.removeAttribute("role");
    this.fuller.textContent = wanted ? words.close : words.full;
    this.fuller.setAttribute("aria-label", this.fuller.textContent);
    this.fuller.focus({ preventScroll: true });
  }

  // What goes on, quietly: nothing jumps while somebody types.
  say(text = "") { this.state.textContent = text; }

  tell(sentence = "", kind = "info") {
    this.note.hidden = !sentence;
    this.note.dataset.kind = kind;
    if (this.note.textContent !== sentence) this.note.textContent = sentence;
  }

  drawn(count) {
    this.count.textContent = words.pages(count);
    this.element.dataset.pages = count;
  }
}
