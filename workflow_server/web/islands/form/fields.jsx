/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// Fields that are typed or ticked: lines, paragraphs, numbers, money, days, ticks.
import { useLayoutEffect, useRef } from "preact/hooks";
import { parts, readClock, readDay, readTime, today, weekday } from "./days.js";
import { config, described, Frame, useRequired, useTyped } from "./parts.jsx";
import { t } from "./texts.js";
import { lengthOf, longestOf } from "./validator.js";

function inputOf({ domId, field, errors, readonly, onFocus, onBlur }, required) {
  return {
    id: domId, readOnly: readonly, "aria-required": required || undefined, "aria-invalid": errors.length > 0,
    "aria-describedby": described(domId, field, errors), onFocus, onBlur,
    class: `form-control${errors.length ? " is-invalid" : ""}`,
  };
}

function Counter({ field, text, readonly }) {
  const left = longestOf(field) - lengthOf(text);
  if (readonly || left > Math.max(Math.min(20, longestOf(field) / 5), longestOf(field) / 10)) return null;
  return <div class={`field-counter${left < 0 ? " is-over" : ""}`} aria-live="polite">{t("left", { count: left })}</div>;
}

export function Line(props) {
  const { field, value, readonly, onChange, onBlur } = props, required = useRequired(field);
  const { text, flush, on } = useTyped(value ?? "", (typed) => onChange({ value: typed }));
  const { prefixAdorner: before, suffixAdorner: after } = field.appearance ?? {};
  const input = <input type="text" autocomplete="off" {...inputOf(props, required)} value={text} {...on}
    onBlur={() => { flush(); onBlur?.(); }} />;
  return <Frame {...props} required={required} more={<Counter field={field} text={text} readonly={readonly} />}>
    {before || after ? <div class="input-group" lang="zh-CN">{before && <span class="input-group-text">{before}</span>}{input}
      {after && <span class="input-group-text">{after}</span>}</div> : input}</Frame>;
}
Line.config = config("textfield", "Text field", "basic-input", "");

export function Paragraphs(props) {
  const { field, value, readonly, onChange, onBlur } = props, required = useRequired(field), area = useRef();
  const { text, flush, on } = useTyped(value ?? "", (typed) => onChange({ value: typed }));
  useLayoutEffect(() => {
    const box = area.current;
    box.style.height = "auto";
    box.style.height = `${box.scrollHeight + 2}px`;
  }, [text]);
  return <Frame {...props} required={required} more={<Counter field={field} text={text} readonly={readonly} />}>
    <textarea ref={area} rows={readonly ? 1 : 4} {...inputOf(props, required)} value={text} {...on}
      onBlur={() => { flush(); onBlur?.(); }} /></Frame>;
}
Paragraphs.config = config("textarea", "Text area", "basic-input", "");

// Money is kept in 分 and written in 元.
const written = (value, isMoney) => {
  if (value === null || value === undefined) return "";
  return isMoney && typeof value === "number" ? (value / 100).toFixed(2).replace(/\.00$/, "") : String(value);
};

function readNumber(typed, field) {
  const text = typed.normalize("NFKC").replace(/[,\s]/g, "");
  if (!text) return null;
  if (!/^[+-]?\d{1,20}(\.\d{1,20})?$/.test(text)) return typed;
  if (field.properties?.money === "fen") {
    const [whole, cents = ""] = text.split(".");
    return cents.length > 2 ? typed : Number(`${whole}${cents.padEnd(2, "0")}`);
  }
  return field.serializeToString ? text : Number(text);
}

export function NumberField(props) {
  const { field, value, onChange, onBlur } = props, required = useRequired(field);
  const isMoney = field.properties?.money === "fen";
  const { text, flush, on } = useTyped(written(value, isMoney), (typed) => onChange({ value: readNumber(typed, field) }));
  const after = isMoney ? t("yuan") : field.appearance?.suffixAdorner, before = field.appearance?.prefixAdorner;
  const input = <input type="text" inputMode="decimal" autocomplete="off" {...inputOf(props, required)} value={text} {...on}
    onBlur={() => { flush(); onBlur?.(); }} />;
  return <Frame {...props} required={required}>{after || before
    ? <div class="input-group">{before && <span class="input-group-text" lang="zh-CN">{before}</span>}{input}
      {after && <span class="input-group-text">{after}</span>}</div> : input}</Frame>;
}
NumberField.config = config("number", "Number", "basic-input", null);

function Day({ id, input, value, label, readonly, isRequired, future, onDay, onBlur }) {
  const { text, take, flush, settle, on } = useTyped(value, (typed) => onDay(readDay(typed) ?? typed.trim()));
  const native = useRef(), day = readDay(text);
  const open = () => { try { native.current.showPicker(); } catch { native.current.focus(); } };
  return <div class="day">
    <div class="input-group">
      <input type="text" autocomplete="off" inputMode="text" placeholder={readonly ? undefined : t("date_shape")} {...input} id={id}
        aria-label={label} aria-required={isRequired || undefined} value={text} {...on}
        onKeyDown={(event) => { if (event.altKey && event.key === "ArrowDown") { event.preventDefault(); open(); } }}
        onBlur={() => { flush(); if (day && day !== text) settle(day); onBlur?.(); }} />
      {!readonly && <button type="button" class="btn btn-icon day-open" aria-label={t("calendar")} title={t("calendar")} onClick={open}>
        <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" fill="none" stroke="currentColor" stroke-width="2">
          <rect x="4" y="5" width="16" height="16" rx="2" /><path d="M16 3v4M8 3v4M4 11h16" /></svg></button>}
      {!readonly && <input ref={native} type="date" class="day-native" tabIndex={-1} aria-hidden="true" min={future ? today() : "1901-01-01"}
        max="2200-12-31" value={day ?? ""} onChange={({ target }) => { take(target.value); flush(); }} />}
    </div>
    <div class="day-read" aria-live="polite">{day ? `${day === text ? "" : `${day} `}${weekday(day, t("week"))}` : ""}</div>
  </div>;
}

// Not type="time": that asks in the habits of the browser's language, often by twelve hours.
function Clock({ id, input, value, label, readonly, onTime, onBlur }) {
  const { text, flush, settle, on } = useTyped(value, (typed) => onTime(readClock(typed) ?? typed.trim()));
  const leave = () => { const time = readClock(text); flush(); if (time && time !== text) settle(time); onBlur?.(); };
  return <input type="text" autocomplete="off" inputMode="text" placeholder={readonly ? undefined : t("time_shape")} {...input} id={id}
    class={`${input.class} clock`} aria-label={label} value={text} readOnly={readonly} {...on} onBlur={leave} />;
}

export function Moment(props) {
  const { field, domId, value, readonly, onChange, onBlur } = props, required = useRequired(field);
  const subtype = field.subtype ?? "date", input = inputOf(props, required);
  const [day, time] = subtype === "time" ? ["", readTime(value) ?? value ?? ""] : parts(value);
  // Both may be entered before the field is drawn anew: neither forgets the other.
  const held = useRef();
  held.current = { day, time };
  const set = (entered) => {
    const now = Object.assign(held.current, entered), both = now.day || now.time ? `${now.day}T${now.time}` : null;
    onChange({ value: (subtype === "datetime" ? both : now[subtype === "date" ? "day" : "time"]) || null });
  };
  const shared = { readonly, onBlur, input };
  const future = field.disallowPassedDates;
  if (subtype === "date") {
    return <Frame {...props} label={field.dateLabel ?? field.label} required={required}>
      <Day id={domId} value={day} isRequired={required} future={future} onDay={(typed) => set({ day: typed })} {...shared} /></Frame>;
  }
  if (subtype === "time") {
    return <Frame {...props} label={field.timeLabel ?? field.label} required={required}>
      <Clock id={domId} value={time} onTime={(typed) => set({ time: typed })} {...shared} /></Frame>;
  }
  return <Frame {...props} label={field.dateLabel ?? field.label ?? field.timeLabel} required={required} group><div class="moment">
    <Day id={`${domId}-date`} label={field.dateLabel || t("date")} value={day} future={future} onDay={(typed) => set({ day: typed })} {...shared} />
    <Clock id={`${domId}-time`} label={field.timeLabel || t("time")} value={time} onTime={(typed) => set({ time: typed })} {...shared} />
  </div></Frame>;
}
Moment.config = config("datetime", "Date time", "basic-input", null);
Moment.config.getSubheading = (field) => field.dateLabel || field.timeLabel;

export function Tick(props) {
  const { field, domId, value, readonly, errors, onChange, onBlur, onFocus } = props, required = useRequired(field);
  return <div class={`field field-checkbox${errors.length ? " has-faults" : ""}${readonly ? " is-readonly" : ""}`}>
    <div class="form-check"><input type="checkbox" class="form-check-input" id={domId} checked={value === true}
      aria-disabled={readonly || undefined} aria-required={required || undefined} aria-invalid={errors.length > 0}
      aria-describedby={described(domId, field, errors)} onFocus={onFocus} onBlur={onBlur}
      onClick={(event) => { if (readonly) event.preventDefault(); }} onChange={({ target }) => onChange({ value: target.checked })} />
    <label class="form-check-label" for={domId}><span lang="zh-CN">{field.label}</span>
      {required && !readonly && <span class="field-star" aria-hidden="true"> *</span>}</label></div>
    {field.description && <div class="form-hint" id={`${domId}-description`} lang="zh-CN">{field.description}</div>}
    <div class="field-faults" id={`${domId}-error-message`} lang="zh-CN">{errors.map((fault) => <div key={fault}>{fault}</div>)}</div>
  </div>;
}
Tick.config = config("checkbox", "Checkbox", "selection", false);
