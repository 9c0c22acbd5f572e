// How a file is read by the editor, and where a pointer of the server's check stands in it.
import { css } from "@codemirror/lang-css";
import { html } from "@codemirror/lang-html";
import { jinja } from "@codemirror/lang-jinja";
import { json, jsonParseLinter } from "@codemirror/lang-json";
import { xml } from "@codemirror/lang-xml";
import { syntaxTree } from "@codemirror/language";
import { linter } from "@codemirror/lint";

export function languageOf(path, completions) {
  if (path.endsWith(".json")) return [json(), linter(jsonParseLinter())];
  if (path.endsWith(".css")) return [css()];
  if (path.endsWith(".html")) return [jinja({ base: html(), ...completions })];
  return [xml()];
}

// The place in the text of `:12`, `:12 Element` or `#/components/3/key`.
export function placeOf(state, rest) {
  const line = /^:(\d+)/.exec(rest);
  if (line) return state.doc.line(Math.min(Math.max(Number(line[1]), 1), state.doc.lines)).from;
  const segments = rest.replace(/^#?\/?/, "").split("/").filter(Boolean).map((one) => one.replace(/~1/g, "/").replace(/~0/g, "~"));
  let node = syntaxTree(state).topNode.firstChild;
  for (const segment of segments) {
    const inner = node && step(state, node, segment);
    if (!inner) break;
    node = inner;
  }
  return node?.from ?? 0;
}

function step(state, node, segment) {
  if (node.name === "Array") {
    let index = -1;
    for (let child = node.firstChild; child; child = child.nextSibling) {
      if (!/^[[\],⚠]$/.test(child.name)) index += 1;
      if (index === Number(segment)) return child;
    }
    return null;
  }
  for (const property of node.getChildren("Property")) {
    const name = property.firstChild;
    try {
      if (JSON.parse(state.sliceDoc(name.from, name.to)) === segment) return property.lastChild;
    } catch { /* half written */ }
  }
  return null;
}
