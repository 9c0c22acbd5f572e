// The tables of the modeler as JSON, and what bpmn-js can change elements into.
globalThis.document = { documentElement: { lang: "zh-CN" } };
const from = (path) => import(new URL(`../../workflow_server/web/islands/${path}`, import.meta.url));
const { WORDS, PATTERNS, descriptor } = await from("modeler/words.js");
const { TEXTS } = await from("modeler/texts.js");
const { OFFERED, REPLACEMENTS } = await from("modeler/offered.js");
const { default: zh } = await from("modeler/zh.js");
const { PopupEntries } = await from("node_modules/bpmn-js/lib/features/popup-menu/PopupEntries.js");
console.log(JSON.stringify({ WORDS, PATTERNS, TEXTS, OFFERED, REPLACEMENTS, PopupEntries, zh, descriptor: descriptor() }));
