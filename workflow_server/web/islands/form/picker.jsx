/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// A box to search in and choose from (ARIA combobox): one value, or several.
import { useEffect, useRef, useState } from "preact/hooks";
import { useOptions } from "./choices.jsx";
import { described } from "./parts.jsx";
import { t } from "./texts.js";

const SHOWN = 100;
const WAIT = 200;

const holds = ({ label, note }, text) => `${label} ${note ?? ""}`.toLowerCase().includes(text.toLowerCase());

// What the server is asked for: a text only where it has more than it gave.
function useFound(field, text) {
  const [asked, setAsked] = useState("");
  const first = useOptions(field), rest = useOptions(field, first.whole ? "" : asked);
  useEffect(() => {
    const timer = setTimeout(() => setAsked(text), WAIT);
    return () => clearTimeout(timer);
  }, [text]);
  const found = first.whole ? first : rest;
  return { ...found, options: first.whole && text ? found.options.filter((each) => holds(each, text)) : found.options };
}

function Chips({ values, label, remove }) {
  return <ul class="picker-chips">{values.map((each) => <li class="badge" key={each}><span lang="zh-CN">{label(each)}</span>
    <button type="button" class="btn-close" aria-label={t("remove_choice", { label: label(each) })} onClick={() => remove(each)} /></li>)}</ul>;
}

function Options({ id, options, at, values, pick, point, state, total, whole }) {
  const shown = options.slice(0, SHOWN);
  const note = state === "loading" ? t("loading") : state === "failed" ? t("load_failed") : !shown.length ? t("no_result")
    : !whole || options.length > SHOWN ? t("more", { total: Math.max(total ?? 0, options.length) }) : "";
  return <div class="picker-list dropdown-menu show">
    <ul role="listbox" id={id} class="list-unstyled mb-0" lang="zh-CN">{shown.map((each, index) => <li key={each.value} id={`${id}-${index}`} role="option"
      aria-selected={values.includes(each.value)} class={`dropdown-item${index === at ? " active" : ""}`} onMouseMove={() => point(index)}
      onMouseDown={(event) => { event.preventDefault(); pick(each); }}>
      <span>{each.label}</span>{each.note && <span class="picker-note">{each.note}</span>}</li>)}</ul>
    <div class="picker-more" role="status">{note}</div></div>;
}

export function Picker({ field, domId, errors, required, values, label, several = false, onPick, onBlur, onFocus }) {
  const [text, setText] = useState(""), [isOpen, setOpen] = useState(false), [at, setAt] = useState(0);
  const input = useRef(), box = useRef(), id = `${domId}-options`;
  const found = useFound(field, isOpen ? text : "");
  const options = several ? found.options.filter((each) => !values.includes(each.value)) : found.options;
  const last = Math.min(options.length, SHOWN) - 1;
  const close = () => { setOpen(false); setText(""); setAt(0); };
  const pick = (option) => {
    onPick(several ? [...values, option.value] : [option.value]);
    if (several) { setText(""); setAt(0); } else close();
  };
  const remove = (value) => { onPick(values.filter((each) => each !== value)); input.current.focus(); };
  useEffect(() => {
    if (isOpen) document.getElementById(`${id}-${at}`)?.scrollIntoView({ block: "nearest" });
  }, [at, isOpen]);
  const keys = {
    ArrowDown: () => (isOpen ? setAt(Math.min(at + 1, last)) : setOpen(true)),
    ArrowUp: () => setAt(Math.max(at - 1, 0)),
    Home: () => setAt(0), End: () => setAt(last),
    Enter: () => { if (isOpen && options[at]) pick(options[at]); },
    Escape: close,
  };
  const onKeyDown = (event) => {
    if (event.isComposing || event.ctrlKey || event.metaKey) return;
    if (event.key === "Backspace" && several && !text && values.length) onPick(values.slice(0, -1));
    const act = keys[event.key];
    if (!act || (["Home", "End"].includes(event.key) && !isOpen)) return;
    event.preventDefault();
    act();
  };
  const shown = isOpen || several ? text : values.length ? label(values[0]) : "";
  return <div class="picker" ref={box} onFocusOut={(event) => { if (!box.current.contains(event.relatedTarget)) { close(); onBlur?.(); } }}>
    {several && <Chips values={values} label={label} remove={remove} />}
    <div class="picker-box"><input ref={input} type="text" role="combobox" autocomplete="off" id={domId} lang="zh-CN"
      class={`form-select${errors.length ? " is-invalid" : ""}`} aria-expanded={isOpen} aria-controls={id} aria-autocomplete="list"
      aria-activedescendant={isOpen && options[at] ? `${id}-${at}` : undefined} aria-required={required || undefined}
      aria-invalid={errors.length > 0} aria-describedby={described(domId, field, errors)} placeholder={t("search")} value={shown}
      onFocus={onFocus} onClick={() => setOpen(true)} onInput={({ target }) => { setText(target.value); setOpen(true); setAt(0); }} onKeyDown={onKeyDown} />
      {!several && values.length > 0 && <button type="button" class="btn-close picker-clear" aria-label={t("clear")} onClick={() => { close(); onPick([]); input.current.focus(); }} />}
    </div>
    {isOpen && <Options id={id} {...found} options={options} at={at} values={values} pick={pick} point={setAt} />}
  </div>;
}
