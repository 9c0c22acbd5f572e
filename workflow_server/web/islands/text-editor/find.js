// Finds words in the whole text; the browser's own search knows only the lines that are on the screen.
import { EditorSelection } from "@codemirror/state";
import { EditorView } from "@codemirror/view";
import { say } from "../drafting/texts.js";
import { make } from "../elements.js";

export class Find {
  constructor(view) {
    this.view = view;
    this.field = make("input", { type: "search", class: "form-control form-control-sm drafting-find-words", "aria-label": say("find"), placeholder: say("find"),
      maxlength: "200", autocomplete: "off", onkeydown: (event) => this.press(event), oninput: () => { this.status.textContent = ""; } });
    this.status = make("span", { class: "text-secondary small", role: "status" });
    const go = (label, ahead) => make("button", { type: "button", class: "btn btn-sm", onclick: () => this.next(ahead) }, say(label));
    this.bar = make("div", { class: "drafting-tools drafting-find" }, this.field, go("findNext", true), go("findBefore", false), this.status);
  }

  press(event) {
    if (event.key !== "Enter" && event.key !== "Escape") return;
    event.preventDefault();
    if (event.key === "Enter") this.next(!event.shiftKey);
    else this.view.focus();
  }

  // Begin with what is selected in the text.
  ask() {
    const { from, to } = this.view.state.selection.main;
    if (from < to && to - from < 200) this.field.value = this.view.state.sliceDoc(from, to);
    this.field.focus();
    this.field.select();
    return true;
  }

  next(ahead = true) {
    const words = this.field.value.toLowerCase(), { state } = this.view, text = state.doc.toString().toLowerCase();
    const places = [];
    for (let at = words ? text.indexOf(words) : -1; at >= 0; at = text.indexOf(words, at + words.length)) places.push(at);
    this.status.textContent = words ? say("found", { place: 0, count: 0 }) : "";
    if (!places.length) return;
    const { from, to } = state.selection.main;
    const behind = ahead ? places.findIndex((at) => at >= to) : places.findLastIndex((at) => at < from);
    const index = behind >= 0 ? behind : ahead ? 0 : places.length - 1, at = places[index];
    this.status.textContent = say("found", { place: index + 1, count: places.length });
    this.view.dispatch({ selection: EditorSelection.single(at, at + words.length), effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }
}
