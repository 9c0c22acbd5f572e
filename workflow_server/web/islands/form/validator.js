// The server's rules (docs/forms.md), told while typing; the server judges again.
import { runExpressionEvaluation } from "@bpmn-io/form-js-viewer";
import { readDay, readTime, today } from "./days.js";
import { labelOf } from "./schema.js";
import { t } from "./texts.js";

const LARGEST = Number.MAX_SAFE_INTEGER;
const LINE = 2000, AREA = 20000, OPEN_TEXT = 200, FILES = 100;
const CONTROL = /[\0-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/;
const EMAIL = /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}$/;
const PHONE = /^(?:(?:\+?86[ -]?)?1[3-9]\d{9}|0\d{2,3}[ -]?\d{7,8}(?:-\d{1,6})?|\+\d{6,15}|1\d{4}|[48]00-?\d{3}-?\d{4})$/;

export const lengthOf = (text) => [...text].length;
export const longestOf = (field, limit = field.validate?.maxLength) => (
  typeof limit === "number" ? limit : field.type === "textarea" ? AREA : LINE);

function decimals(value) {
  const [digits, exponent = "0"] = String(value).toLowerCase().split("e");
  return Math.max(0, (digits.split(".")[1] ?? "").length - Number(exponent));
}

function* ofText(field, value, limit) {
  const label = labelOf(field);
  if (typeof value !== "string") { yield t("wrong"); return; }
  const text = value.replace(/\r\n/g, "\n").trim(), count = lengthOf(text), longest = longestOf(field, limit("maxLength"));
  if (count > longest) yield t("longest", { label, count: longest });
  if (CONTROL.test(text)) yield t("banned", { label });
  if (field.type === "textfield" && text.includes("\n")) yield t("line", { label });
  if (count < limit("minLength")) yield t("shortest", { label, count: limit("minLength") });
  yield* ofPattern(field, text, label);
  if (field.validate?.validationType === "email" && !(text.length <= 254 && EMAIL.test(text))) yield t("bad_email", { label });
  if (field.validate?.validationType === "phone" && !PHONE.test(text)) yield t("bad_phone", { label });
}

function* ofPattern(field, text, label) {
  const { pattern, patternErrorMessage } = field.validate ?? {};
  if (!pattern) return;
  const bare = pattern.replace(/\\./g, "").replace(/\[[^\]]*\]/g, "");
  if (/[+*]|\{\d+,\}/.test(bare) && lengthOf(text) > OPEN_TEXT) yield t("longest", { label, count: OPEN_TEXT });
  let found = true;
  try { found = new RegExp(pattern, "u").test(text); } catch { found = new RegExp(pattern).test(text); }
  if (!found) yield patternErrorMessage || t("bad_pattern", { label });
}

function* ofNumber(field, value, limit) {
  const label = labelOf(field), isMoney = field.properties?.money === "fen";
  const number = typeof value === "string" && /^[+-]?\d{1,20}(\.\d{1,20})?$/.test(value.trim()) ? Number(value) : value;
  if (typeof number !== "number" || Number.isNaN(number)) { yield t("number", { label }); return; }
  if (Math.abs(number) > LARGEST) { yield t("too_big", { label }); return; }
  const digits = isMoney ? 0 : field.decimalDigits;
  if (digits !== undefined && digits !== null && decimals(value) > digits) {
    yield isMoney ? t("places", { label, count: 2 }) : digits === 0 ? t("integer", { label }) : t("places", { label, count: digits });
  }
  const shown = (bound) => (isMoney ? bound / 100 : bound);
  if (limit("min") !== null && number < limit("min")) yield t("min", { label, count: shown(limit("min")) });
  if (limit("max") !== null && number > limit("max")) yield t("max", { label, count: shown(limit("max")) });
}

function* ofMoment(field, value) {
  const label = labelOf(field), subtype = field.subtype ?? "date";
  const [day, time] = subtype === "time" ? ["", value] : String(value).split("T");
  if (subtype !== "time") {
    const read = readDay(day, { strict: true });
    if (!read) { yield t(subtype === "date" ? "day_example" : "moment_example", { label }); return; }
    if (read < "1901" || read > "2200-12-31") yield t("year", { label });
    if (field.disallowPassedDates && read < today()) yield t("from_now", { label });
  }
  if (subtype !== "date" && readTime(time) === null) {
    yield t(subtype === "time" ? "time_example" : "moment_example", { label });
  }
}

function missing(field) {
  const label = labelOf(field);
  if (["select", "radio", "checklist", "taglist"].includes(field.type)) return t("choose_one", { label });
  if (field.type === "checkbox") return t("tick", { label });
  return t(field.type === "filepicker" ? "upload_file" : "fill", { label });
}

export const isEmpty = (value) => value === undefined || value === null
  || (typeof value === "string" && !value.trim()) || (Array.isArray(value) && value.length === 0);

export function faultsOf(field, value, evaluated = (found) => found) {
  const rules = field.validate ?? {};
  if (field.readonly === true || field.type === "expression" || field.type === "dynamiclist") return [];
  if (isEmpty(value) || (field.type === "checkbox" && value === false)) return evaluated(rules.required) === true ? [missing(field)] : [];
  const limit = (name) => { const found = evaluated(rules[name]); return typeof found === "number" ? found : null; };
  const label = labelOf(field);
  switch (field.type) {
    case "textfield": case "textarea": return [...ofText(field, value, limit)];
    case "number": return [...ofNumber(field, value, limit)];
    case "datetime": return [...ofMoment(field, value)];
    case "filepicker": {
      const most = field.multiple === true ? FILES : 1;
      return value.length > most ? [t("most_files", { label, count: most })] : [];
    }
    case "checklist": case "taglist":
      return new Set(value).size < value.length ? [t("repeated", { label })] : [];
    default: return [];
  }
}

// Takes the place of form-js's own validator: its texts are English and fixed.
export class OurValidator {
  constructor(expressionLanguage, formFieldRegistry) {
    this.expressions = expressionLanguage;
    this.fields = formFieldRegistry;
  }

  validateField(field, value) {
    return faultsOf(field, value);
  }

  validateFieldInstance({ id, expressionContextInfo }, value) {
    const field = this.fields.get(id);
    const evaluated = (found) => runExpressionEvaluation(this.expressions, found, expressionContextInfo);
    if (!field || evaluated(field.readonly) === true) return [];
    return faultsOf(field, value, evaluated);
  }
}
OurValidator.$inject = ["expressionLanguage", "formFieldRegistry"];
