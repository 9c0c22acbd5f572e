// The tables of the modeler as JSON, and what bpmn-js can change elements into.
globalThis.document = { documentElement: { lang: "zh-CN" } };
const from = (path) => import(new URL(`../../workflow_server/web/islands/${path}`, import.meta.url));
const { WORDS, PATTERNS, OPERATIONS, CLOCK_WORK, descriptor } = await from("modeler/words.js");
const { TEXTS } = await from("modeler/texts.js");
const { OFFERED, REPLACEMENTS, HANDLER_STARTS, ACTIVITIES, isDeciding, mayBecome } = await from("modeler/offered.js");
const { default: zh } = await from("modeler/zh.js");
const { PopupEntries } = await from("node_modules/bpmn-js/lib/features/popup-menu/PopupEntries.js");
const upper = (name) => `bpmn:${name[0].toUpperCase()}${name.slice(1)}`;
const BOUNDARIES = Object.fromEntries(ACTIVITIES.map((host) => [host, ["message", "timer", "signal", "conditional", "error", "escalation"]
  .filter((event) => mayBecome(`replace-with-${event}-boundary`, { attachedToRef: { $type: upper(host) } }))]));
const DECIDING = ["exclusiveGateway", "inclusiveGateway", "parallelGateway", "eventBasedGateway", "startEvent", "task", ...ACTIVITIES]
  .filter((name) => isDeciding({ $type: upper(name) }));
const IN_PROCESS = REPLACEMENTS.filter((action) => mayBecome(action, { $parent: { $type: "bpmn:Process" } }));
console.log(JSON.stringify({ HANDLER_STARTS, BOUNDARIES, DECIDING, IN_PROCESS, WORDS, PATTERNS, OPERATIONS, CLOCK_WORK, TEXTS, OFFERED, REPLACEMENTS, PopupEntries, zh, descriptor: descriptor() }));
