// form-js's editor has no translations: what it writes in English is replaced as it appears, text by text.
import { language } from "../saying.js";
import { ZH } from "./zh.js";

const ATTRIBUTES = ["title", "placeholder", "aria-label", "data-title"];
// What people typed stands here and stays as it is.
const CONTENT = ".fjs-form, .cm-content, textarea, [lang]";

function put(node) {
  const text = node.nodeValue.trim(), found = ZH[text];
  if (found && !node.parentElement?.closest(".cm-content, textarea")) node.nodeValue = node.nodeValue.replace(text, found);
}

function walk(root) {
  if (root.nodeType === Node.TEXT_NODE) return void put(root);
  if (root.nodeType !== Node.ELEMENT_NODE) return;
  const texts = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
  while (texts.nextNode()) if (!texts.currentNode.parentElement.closest(CONTENT) || ZH[texts.currentNode.nodeValue.trim()]) put(texts.currentNode);
  for (const element of [root, ...root.querySelectorAll("*")]) {
    for (const name of ATTRIBUTES) {
      const found = ZH[element.getAttribute?.(name)?.trim()];
      if (found) element.setAttribute(name, found);
    }
  }
}

export function translate(root) {
  if (language !== "zh") return () => {};
  walk(root);
  const watch = new MutationObserver((changes) => changes.forEach(({ type, target, addedNodes }) => {
    if (type === "characterData") put(target);
    else if (type === "attributes") {
      ATTRIBUTES.forEach((name) => { const found = ZH[target.getAttribute(name)?.trim()]; if (found) target.setAttribute(name, found); });
    } else addedNodes.forEach(walk);
  }));
  watch.observe(root, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: ATTRIBUTES });
  return () => watch.disconnect();
}
