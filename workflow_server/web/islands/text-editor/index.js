// Edits a file of a draft as text: data-draft, data-path. With data-kind it is of a document, whose paper is shown
// beside it as the draft's template makes it.
import "../drafting/drafting.css";
import { autocompletion, closeBrackets } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { bracketMatching, defaultHighlightStyle, indentOnInput, syntaxHighlighting } from "@codemirror/language";
import { lintGutter, setDiagnostics } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { drawSelection, EditorView, highlightActiveLine, keymap, lineNumbers } from "@codemirror/view";
import { Checks } from "../drafting/checks.js";
import { Saving } from "../drafting/saving.js";
import { say } from "../drafting/texts.js";
import { Draft, leftBehind } from "../drafting/draft.js";
import { make } from "../elements.js";
import { island } from "../start.js";
import { Find } from "./find.js";
import { languageOf, placeOf } from "./languages.js";
import { Paper } from "./paper.js";

const PAUSE = 450; // after the last key: what is typed is soon seen on paper

function open(parent, draft, text, { completions, changed, save, find }) {
  return new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        lineNumbers(), history(), drawSelection(), indentOnInput(), bracketMatching(), closeBrackets(), autocompletion(),
        highlightActiveLine(), lintGutter(), syntaxHighlighting(defaultHighlightStyle), EditorView.lineWrapping,
        EditorState.readOnly.of(draft.isReadOnly), EditorView.contentAttributes.of({ "aria-label": draft.path }),
        keymap.of([{ key: "Mod-s", preventDefault: true, run: () => { save(); return true; } },
          { key: "Mod-f", preventDefault: true, run: find }, indentWithTab, ...defaultKeymap, ...historyKeymap]),
        languageOf(draft.path, completions),
        EditorView.updateListener.of((update) => { if (update.docChanged) changed(); }),
      ],
    }),
  });
}

// Mark what the server found at its lines.
export function markFaults(view, faults, path) {
  const { state } = view;
  const diagnostics = faults.map(({ pointer, detail }) => {
    const from = placeOf(state, pointer.slice(path.length));
    return { from, to: state.doc.lineAt(from).to, severity: "error", message: detail };
  });
  view.dispatch(setDiagnostics(state, diagnostics));
}

function lead(view, rest) {
  const at = placeOf(view.state, rest);
  view.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  view.focus();
}

island("text-editor", async (element) => {
  const draft = new Draft(element.dataset), { kind } = element.dataset;
  const code = make("div", { class: "drafting-code" }), below = make("section", { class: "drafting-checks", "aria-label": say("faults") });
  const main = make("div", { class: "drafting-main" }, code);
  const text = await draft.load();
  const paper = kind ? await Paper.open(element, draft, kind) : null;
  element.append(make("div", { class: `drafting-split${paper ? "" : " is-alone"}` }, main, paper?.aside), below);
  let view, find, timer, known = text;
  const status = document.querySelector("[data-saving]");
  const put = (given) => view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: given } });
  const checks = new Checks(draft, below, {
    lead: ({ pointer }) => lead(view, pointer.slice(draft.path.length)), found: (faults) => markFaults(view, faults, draft.path) });
  const saving = new Saving(draft, { say, status, text: async () => view.state.doc.toString(),
    saved: () => { checks.soon(); paper?.refresh(); }, reload: async () => { known = await draft.load(); put(known); } });
  const changed = () => {
    if (draft.isReadOnly || view.state.doc.toString() === known) return;
    known = null;
    saving.changed();
    clearTimeout(timer);
    timer = setTimeout(() => saving.now(), PAUSE);
  };
  const left = await leftBehind(draft, text, say);
  view = open(code, draft, text, { completions: paper?.completions, changed, save: () => saving.now(), find: () => find.ask() });
  find = new Find(view);
  main.prepend(find.bar);
  if (left !== null) put(left);
  if (paper) {
    main.prepend(paper.tools((inserted) => { view.dispatch(view.state.replaceSelection(inserted)); view.focus(); }));
    paper.failed = (faults) => markFaults(view, faults.filter(({ pointer }) => pointer.startsWith(draft.path)), draft.path);
    paper.refresh();
  }
  const asked = new URLSearchParams(window.location.search);
  if (asked.get("line")) lead(view, `:${asked.get("line")}`);
  else if (asked.get("at")) lead(view, `#${asked.get("at")}`);
  checks.run();
  element.view = view;
  return () => { saving.stop(); checks.stop(); clearTimeout(timer); view.destroy(); };
});
