// Taking in a .bpmn file that is dropped: what can't be opened leaves the diagram as it is.
import { BpmnModdle } from "bpmn-moddle";
import { say } from "./texts.js";
import { descriptor } from "./words.js";

// What is wrong with a text as BPMN: {reason, line}, or null.
export async function faultOf(text) {
  const parsed = new DOMParser().parseFromString(text, "application/xml").querySelector("parsererror");
  if (parsed) {
    const [, line] = /line (\d+)|第\s*(\d+)\s*行/.exec(parsed.textContent) ?? [];
    const [, reason] = /(?:column \d+:\s*)(.+?)(?=Below is|\n|$)/.exec(parsed.textContent) ?? [];
    return { line: line ?? null, reason: say("notXml", { reason: (reason ?? "").trim().slice(0, 200) }) };
  }
  try {
    const { rootElement } = await new BpmnModdle({ wf: descriptor() }).fromXML(text);
    return rootElement.diagrams?.length ? null : { line: null, reason: say("noPicture") };
  } catch (error) {
    const [, line] = /line: (\d+)/.exec(error.message) ?? [];
    return { line: line ? Number(line) + 1 : null, reason: /as <bpmn:Definitions>/.test(error.message) ? say("notBpmn") : error.message.split("\n")[0] };
  }
}

export function dropping(element, take, tell) {
  const files = ({ dataTransfer }) => dataTransfer?.types.includes("Files");
  const over = (event) => {
    if (!files(event)) return;
    event.preventDefault();
    element.dataset.dropping = say("dropHere");
  };
  const out = (event) => { if (!element.contains(event.relatedTarget)) delete element.dataset.dropping; };
  const drop = async (event) => {
    if (!files(event)) return;
    event.preventDefault();
    delete element.dataset.dropping;
    const [file] = event.dataTransfer.files;
    if (!file || !/\.(bpmn|xml)$/i.test(file.name)) return tell(say("onlyBpmn"), { isBad: true });
    const text = await file.text(), fault = await faultOf(text);
    if (fault) {
      return tell(say(fault.line ? "fileBroken" : "fileBrokenPlain", { name: file.name, ...fault }), { isBad: true });
    }
    return take(file.name, text);
  };
  element.addEventListener("dragover", over);
  element.addEventListener("dragleave", out);
  element.addEventListener("drop", drop);
}
