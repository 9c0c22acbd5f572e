/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// What all fields share: their frame with label, help and faults, and text that is taken over as one types.
import { FormContext, useExpressionEvaluation, useSingleLineTemplateEvaluation } from "@bpmn-io/form-js-viewer";
import { createContext } from "preact";
import { useContext, useEffect, useRef, useState } from "preact/hooks";
import { t } from "./texts.js";

const WAIT = 60;
const typing = new Set();

// What is typed but not yet taken over, is now.
export function flushAll() {
  [...typing].forEach((flush) => flush());
}

// Which row a field stands in, under a name that stays when the row is moved.
export const RowName = createContext("");

export function useDesk() {
  return useContext(FormContext).getService("config").desk ?? {};
}

export function useForm() {
  return useContext(FormContext).getService("form");
}

export function useRequired(field) {
  return useExpressionEvaluation(field.validate?.required ?? false) === true;
}

// For aria-describedby: only what stands in the page.
export function described(domId, field, errors, ...more) {
  const ids = [field.description && `${domId}-description`, errors.length && `${domId}-error-message`, ...more];
  return ids.filter(Boolean).join(" ") || undefined;
}

function Words({ text }) {
  return useSingleLineTemplateEvaluation(text ?? "", { debug: true });
}

export function Faults({ id, errors }) {
  return <div class="field-faults" id={id} lang="zh-CN">{errors.map((fault) => <div key={fault}>{fault}</div>)}</div>;
}

// `group`: several inputs under one legend; otherwise the label belongs to the one input.
export function Frame({ field, label, domId, errors, readonly, required, group = false, children, more }) {
  const classes = ["field", `field-${field.type}`, errors.length && "has-faults", readonly && "is-readonly"].filter(Boolean).join(" ");
  const name = <span lang="zh-CN"><Words text={label ?? field.label} /></span>;
  const star = required && !readonly && <><span class="field-star" aria-hidden="true"> *</span>
    {group && <span class="visually-hidden">{t("required")}</span>}</>;
  const help = field.description && <div class="form-hint" id={`${domId}-description`} lang="zh-CN"><Words text={field.description} /></div>;
  const rest = <>{children}{help}{more}<Faults id={`${domId}-error-message`} errors={errors} /></>;
  if (group) {
    return <fieldset class={classes} id={domId} tabIndex={-1} aria-describedby={described(domId, field, errors)}>
      <legend class="form-label">{name}{star}</legend>{rest}</fieldset>;
  }
  return <div class={classes}><label class="form-label" for={domId}>{name}{star}</label>{rest}</div>;
}

// Keeps what is typed by itself, and hands it on after a moment, when the field is left, or when asked.
// While an input method composes, nothing is handed on.
export function useTyped(shown, commit) {
  const [text, setText] = useState(shown);
  const state = useRef({ text: shown, handed: shown, timer: 0, composing: false });
  const here = state.current;
  here.commit = commit;
  const flush = useRef(() => {
    clearTimeout(here.timer);
    typing.delete(flush.current);
    if (here.text === here.handed) return;
    here.handed = here.text;
    here.commit(here.text);
  });
  useEffect(() => {
    if (shown === here.handed) return;
    here.handed = here.text = shown;
    setText(shown);
  }, [shown]);
  // A field that goes hands on what was typed in it.
  useEffect(() => () => flush.current(), []);
  const take = (value) => {
    here.text = value;
    setText(value);
    typing.add(flush.current);
    clearTimeout(here.timer);
    if (!here.composing) here.timer = setTimeout(flush.current, WAIT);
  };
  return {
    text,
    take,
    flush: flush.current,
    // Shows in its own spelling what was taken over already.
    settle: (value) => { here.text = here.handed = value; setText(value); },
    on: {
      onInput: ({ target }) => take(target.value),
      onCompositionStart: () => { here.composing = true; },
      onCompositionEnd: ({ target }) => { here.composing = false; take(target.value); },
    },
  };
}

let isPressed = false;
document.addEventListener("pointerdown", () => { isPressed = true; }, true);
["pointerup", "pointercancel"].forEach((name) => document.addEventListener(name, () => { isPressed = false; }, true));

// A fault shown while a button is being pressed would push the button away from under the pointer: it waits.
const unpressed = (act) => (isPressed ? document.addEventListener("pointerup", () => setTimeout(act), { once: true }) : act());

export const calm = (Field) => Object.assign(
  (props) => Field({ ...props, onBlur: props.onBlur && ((...given) => unpressed(() => props.onBlur(...given))) }), Field);

export const config = (type, name, group, emptyValue) => ({
  type, keyed: true, name, group, emptyValue, sanitizeValue: ({ value }) => value, create: (options = {}) => options,
});
