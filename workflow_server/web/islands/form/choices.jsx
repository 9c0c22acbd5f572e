/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// Fields that choose among options: native lists where they are short, a searchable box where they are not.
import { useExpressionEvaluation } from "@bpmn-io/form-js-viewer";
import { useEffect, useState } from "preact/hooks";
import { config, described, Frame, useDesk, useForm, useRequired } from "./parts.jsx";
import { Picker } from "./picker.jsx";
import { labelled, offered } from "./sources.js";
import { t } from "./texts.js";

//: More options than this are searched for, not scrolled through.
const SHORT = 30;

//: What an option may be: no is an answer, too.
const KINDS = ["string", "number", "boolean"];

function plain(options) {
  return (Array.isArray(options) ? options : []).flatMap((each) => {
    if (KINDS.includes(typeof each)) return [{ value: each, label: String(each) }];
    return each && KINDS.includes(typeof each.value) ? [{ value: each.value, label: String(each.label ?? each.value) }] : [];
  });
}

function useParameters(field) {
  const names = Object.keys(field.properties ?? {}).filter((name) => name.startsWith("source."));
  return Object.fromEntries(names.map((name) => [name.slice(7), useExpressionEvaluation(field.properties[name]) ?? undefined]));
}

// {options, state, total, whole}: whole is false where the server has more than were read.
export function useOptions(field, text = "") {
  const desk = useDesk(), form = useForm(), source = field.properties?.source;
  const parameters = useParameters(field), asked = JSON.stringify([parameters, text]);
  const computed = useExpressionEvaluation(field.valuesExpression);
  const [found, setFound] = useState({ options: [], state: source ? "loading" : "ready", whole: true });
  useEffect(() => {
    if (!source) return undefined;
    let current = true;
    const wanted = text ? { ...parameters, text } : parameters;
    offered(source, wanted, desk).then((answer) => current && setFound({ whole: true, ...answer, state: "ready" }))
      .catch(() => current && setFound({ options: [], state: "failed", whole: true }));
    return () => { current = false; };
  }, [source, asked]);
  if (source) return found;
  const values = field.valuesExpression ? computed : field.valuesKey ? form._getState().data?.[field.valuesKey] : field.values;
  const options = plain(values);
  return { options, state: "ready", total: options.length, whole: true };
}

export function useLabel(field, options) {
  const { names = {} } = useDesk(), source = field.properties?.source;
  const [asked, setAsked] = useState({});
  return (value) => {
    const known = options.find((each) => each.value === value)?.label ?? names[value] ?? asked[value];
    if (known === undefined && source && !(value in asked)) {
      asked[value] = "…";
      labelled(source, value).then((label) => setAsked((before) => ({ ...before, [value]: label ?? value })));
    }
    return known ?? String(value);
  };
}

function Problem({ state }) {
  if (state === "ready") return null;
  return <div class="text-secondary small" role="status">{t(state === "failed" ? "load_failed" : "loading")}</div>;
}

export function Select(props) {
  const { field, domId, value, readonly, errors, onChange, onBlur, onFocus } = props, required = useRequired(field);
  const { options, state, whole } = useOptions(field), label = useLabel(field, options);
  const isLong = field.searchable || !whole || options.length > SHORT;
  if (readonly) {
    return <Frame {...props}><output class="form-control-plaintext" id={domId} lang="zh-CN">{value === null || value === undefined ? t("none") : label(value)}</output></Frame>;
  }
  if (isLong) {
    return <Frame {...props} required={required}><Picker {...props} required={required} values={value === null || value === undefined ? [] : [value]}
      label={label} onPick={(chosen) => onChange({ value: chosen[0] ?? null })} /></Frame>;
  }
  const isLost = value !== null && value !== undefined && state === "ready" && !options.some((each) => each.value === value);
  return <Frame {...props} required={required} more={<Problem state={state} />}>
    <select id={domId} class={`form-select${errors.length ? " is-invalid" : ""}`} lang="zh-CN" aria-required={required || undefined}
      aria-invalid={errors.length > 0} aria-describedby={described(domId, field, errors)} onFocus={onFocus} onBlur={onBlur}
      onChange={({ target }) => onChange({ value: target.value === "" ? null : options[Number(target.value)]?.value ?? value })}>
      <option value="" selected={value === null || value === undefined}>{t("choose")}</option>
      {isLost && <option value="lost" selected>{label(value)}{t("unknown")}</option>}
      {options.map((each, index) => <option key={each.value} value={index} selected={each.value === value}>{each.label}</option>)}
    </select></Frame>;
}
Select.config = config("select", "Select", "selection", null);

function Boxes({ props, type, isChosen, choose }) {
  const { field, domId, readonly, errors, onBlur, onFocus } = props;
  const { options, state } = useOptions(field), label = useLabel(field, options);
  const values = props.value === null || props.value === undefined ? [] : [props.value].flat();
  if (readonly) {
    return <output class="form-control-plaintext" lang="zh-CN">{values.length ? values.map(label).join("、") : t("none")}</output>;
  }
  return <><div class="choices">{options.map((each, index) => <label class="form-check" key={each.value}>
    <input type={type} class="form-check-input" name={domId} id={`${domId}-${index}`} checked={isChosen(each.value)}
      aria-invalid={errors.length > 0} aria-describedby={described(domId, field, errors)} onFocus={onFocus} onBlur={onBlur}
      onChange={() => choose(each.value)} />
    <span class="form-check-label" lang="zh-CN">{each.label}</span></label>)}</div><Problem state={state} /></>;
}

export function Radio(props) {
  const { field, value, onChange } = props, required = useRequired(field);
  return <Frame {...props} required={required} group>
    <Boxes props={props} type="radio" isChosen={(each) => each === value} choose={(each) => onChange({ value: each })} />
    {!required && !props.readonly && value !== null && value !== undefined
      && <button type="button" class="btn btn-sm btn-link px-0" onClick={() => onChange({ value: null })}>{t("clear")}</button>}
  </Frame>;
}
Radio.config = config("radio", "Radio group", "selection", null);

export function Checklist(props) {
  const { field, onChange } = props, value = props.value ?? [], required = useRequired(field);
  const toggle = (each) => onChange({ value: value.includes(each) ? value.filter((one) => one !== each) : [...value, each] });
  return <Frame {...props} required={required} group>
    <Boxes props={props} type="checkbox" isChosen={(each) => value.includes(each)} choose={toggle} /></Frame>;
}
Checklist.config = config("checklist", "Checkbox group", "selection", []);

export function Tags(props) {
  const { field, domId, readonly, onChange } = props, value = props.value ?? [], required = useRequired(field);
  const { options } = useOptions(field), label = useLabel(field, options);
  if (readonly) {
    return <Frame {...props}><output class="form-control-plaintext" id={domId} lang="zh-CN">{value.map(label).join("、") || t("none")}</output></Frame>;
  }
  return <Frame {...props} required={required}><Picker {...props} required={required} values={value} label={label} several
    onPick={(chosen) => onChange({ value: chosen })} /></Frame>;
}
Tags.config = config("taglist", "Tag list", "selection", []);
