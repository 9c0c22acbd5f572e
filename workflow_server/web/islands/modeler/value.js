// A field for a value: a text, or after "=" an expression that is checked and completed while it is typed.
import { h } from "@bpmn-io/properties-panel/preact";
import { useEffect, useRef, useState } from "@bpmn-io/properties-panel/preact/hooks";
import { autocompletion, closeBrackets, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { HighlightStyle, bracketMatching, syntaxHighlighting } from "@codemirror/language";
import { linter } from "@codemirror/lint";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, tooltips } from "@codemirror/view";
import { feel } from "@bpmn-io/lang-feel";
import { tags } from "@lezer/highlight";
import { faultOf, seemsFeel } from "./feel.js";
import { language, say } from "./texts.js";

const COLOURS = HighlightStyle.define([
  { tag: tags.string, class: "feel-text" }, { tag: [tags.number, tags.bool, tags.null], class: "feel-number" },
  { tag: [tags.keyword, tags.controlKeyword, tags.operatorKeyword], class: "feel-word" },
  { tag: tags.function(tags.variableName), class: "feel-function" },
]);

export function completions(suggestions) {
  return (context) => {
    const word = context.matchBefore(/[\w.\u4e00-\u9fff[\]-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    return {
      from: word.from,
      options: suggestions().map(([text, zh, en], index) => ({
        label: text, detail: language === "en" ? en : zh, boost: -index / 100,
        type: text.endsWith(")") ? "function" : "variable",
      })),
      validFor: /^[\w.\u4e00-\u9fff[\]-]*$/,
    };
  };
}

const found = linter((view) => {
  const text = view.state.doc.toString(), fault = faultOf(text);
  return fault && text.trim() ? [{ from: fault.from, to: fault.to, severity: "error", message: fault.message }] : [];
}, { delay: 150 });

function open(parent, { text, id, label, suggestions, changed, left }) {
  const view = new EditorView({
    parent,
    state: EditorState.create({
      doc: text,
      extensions: [
        history(), closeBrackets(), bracketMatching(), EditorView.lineWrapping, feel(), syntaxHighlighting(COLOURS), found,
        autocompletion({ override: [completions(suggestions)], icons: false }), tooltips({ position: "fixed", parent: document.body }),
        keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap]),
        EditorView.contentAttributes.of({ id, "aria-label": label, "aria-multiline": "true" }),
        EditorView.updateListener.of((update) => update.docChanged && changed(update.state.doc.toString())),
        EditorView.domEventHandlers({ blur: left }),
      ],
    }),
  });
  return view;
}

// The editor comes with the first focus: a list of thirty values must not cost thirty editors.
function Expression({ id, label, text, set, suggestions, startsOpen, mayBeEmpty }) {
  const place = useRef(null), editor = useRef(null), newest = useRef(text);
  const [isOpen, setOpen] = useState(Boolean(startsOpen));
  const judge = (now) => (mayBeEmpty && !now.trim() ? null : faultOf(now));
  const [fault, setFault] = useState(() => judge(text));
  const commit = useRef(set);
  commit.current = set;
  useEffect(() => {
    if (!isOpen || editor.current) return undefined;
    let timer = null;
    const give = () => { clearTimeout(timer); timer = null; commit.current(newest.current); };
    const view = open(place.current, {
      text, id: `bio-properties-panel-${id}`, label, suggestions: () => suggestions(),
      changed: (now) => { newest.current = now; setFault(judge(now)); clearTimeout(timer); timer = setTimeout(give, 300); },
      left: () => { if (timer) give(); },
    });
    editor.current = view;
    view.focus();
    view.dispatch({ selection: { anchor: view.state.doc.length } });
    return () => { if (timer) give(); view.destroy(); editor.current = null; };
  }, [isOpen]);
  useEffect(() => {
    setFault(judge(text));
    const view = editor.current;
    if (view && text !== newest.current && text !== view.state.doc.toString()) {
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: text } });
    }
    newest.current = text;
  }, [text]);
  return h("div", { class: "feel-field" },
    h("div", { ref: place, class: `feel-editor${fault ? " has-fault" : ""}` },
      isOpen ? null : h("div", { class: "feel-closed", tabIndex: 0, role: "textbox", id: `bio-properties-panel-${id}`, "aria-label": label,
        onFocus: () => setOpen(true), onClick: () => setOpen(true) }, text || "\u00a0")),
    fault ? h("div", { class: "bio-properties-panel-error", role: "status" }, fault.message) : null);
}

function Literal({ id, label, text, set }) {
  const [local, setLocal] = useState(text);
  const last = useRef(text), leave = useRef(null);
  useEffect(() => {
    setLocal(text);
    last.current = text;
  }, [text]);
  const give = (now) => {
    if (now === last.current) return;
    last.current = now;
    set(now);
  };
  leave.current = () => give(local);
  useEffect(() => () => leave.current(), []);
  return h("input", {
    id: `bio-properties-panel-${id}`, class: "bio-properties-panel-input", type: "text", autocomplete: "off", "aria-label": label, value: local,
    onInput: ({ target }) => { setLocal(target.value); if (target.value.startsWith("=")) give(target.value); },
    onChange: ({ target }) => give(target.value),
  });
}

// `options`: literal values that it can be chosen from; `alwaysFeel`: with "signed" it is kept with its "=", else without;
// `wrong`: what is wrong with a plain text, or null.
export function ValueEntry({ id, label, help, getValue, setValue, names, isRequired, options, alwaysFeel, hint, wrong }) {
  const given = getValue() ?? "";
  const [justChanged, setJustChanged] = useState(false);
  const isFeel = alwaysFeel || given.startsWith("=");
  const text = isFeel ? given.replace(/^=\s*/, "") : given;
  const set = (now) => setValue(now === "" || now === undefined ? undefined : now);
  const change = () => { setJustChanged(true); set(isFeel ? text : `=${text}`); };
  const setFeel = (now) => {
    const plain = now.replace(/^=\s*/, "");
    return set(!alwaysFeel ? `=${now}` : alwaysFeel === "signed" && plain.trim() ? `=${plain}` : plain);
  };
  const fault = !isFeel && given !== "" && wrong ? wrong(given.trim()) : null;
  let field;
  if (isFeel) field = h(Expression, { key: "feel", id, label, text, set: setFeel, suggestions: () => names().suggestions(), startsOpen: justChanged,
    mayBeEmpty: Boolean(alwaysFeel) });
  else if (options) field = h(Options, { id, label, value: given, options, set, toFeel: () => { setJustChanged(true); set("="); } });
  else field = h(Literal, { key: "text", id, label, text: given, set: (now) => { if (now.startsWith("=")) setJustChanged(true); set(now); } });
  return h("div", { class: "bio-properties-panel-entry value-entry", "data-entry-id": id },
    h("div", { class: "value-head" },
      h("label", { class: "bio-properties-panel-label", for: `bio-properties-panel-${id}` }, label, isRequired ? " *" : ""),
      alwaysFeel ? null : h("button", { type: "button", class: `value-kind${isFeel ? " is-feel" : ""}`, title: say(isFeel ? "asLiteral" : "asExpression"),
        "aria-pressed": isFeel ? "true" : "false", onClick: change }, "ƒx")),
    field,
    !isFeel && !options && seemsFeel(given, names().facts())
      ? h("div", { class: "value-hint", role: "status" }, say("looksLikeFeel"), " ",
        h("button", { type: "button", class: "value-fix", onClick: change }, say("asExpression"))) : null,
    isRequired && given === "" ? h("div", { class: "bio-properties-panel-error" }, say("required")) : null,
    fault ? h("div", { class: "bio-properties-panel-error", role: "status" }, fault) : null,
    hint ? h("div", { class: "bio-properties-panel-description value-basis", lang: "zh-CN" }, hint) : null,
    help ? h("div", { class: "bio-properties-panel-description" }, help) : null);
}

function Options({ id, label, value, options, set, toFeel }) {
  const known = options.some(([key]) => key === value);
  return h("select", {
    id: `bio-properties-panel-${id}`, class: "bio-properties-panel-input", "aria-label": label, value,
    onChange: ({ target }) => (target.value === "=" ? toFeel() : set(target.value)),
  },
  h("option", { value: "" }, say("choose")),
  value && !known ? h("option", { value }, say("unknown", { value })) : null,
  options.map(([key, text]) => h("option", { value: key, key }, text)),
  h("option", { value: "=" }, say("otherwise")));
}
