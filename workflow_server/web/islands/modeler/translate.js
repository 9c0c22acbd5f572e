// The `translate` of bpmn-js: Chinese from the table, English as the packages have it.
import zh from "./zh.js";
import { language } from "./texts.js";

export default function translate(template, replacements = {}) {
  const text = language === "zh" ? zh[template] ?? template : template;
  return text.replace(/{([^}]+)}/g, (whole, key) => replacements[key] ?? whole);
}

export const translateModule = { translate: ["value", translate] };
