/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// Files: dropped or chosen, several at once, each with its progress; refused before anything is sent.
import { useContext, useRef, useState } from "preact/hooks";
import { freshKey, upload } from "../asking.js";
import { config, described, Frame, RowName, useDesk, useForm, useRequired } from "./parts.jsx";
import { size, t } from "./texts.js";

const uploads = new Set();
export const isUploading = () => uploads.size > 0;

function stop(one) {
  one.cancelled = true;
  one.abort?.();
  uploads.delete(one);
}

export const stopUploads = () => [...uploads].forEach(stop);

// What is on its way belongs to its row, wherever that is moved, and goes with it.
const places = new WeakMap();
const placesOf = (form) => places.get(form) ?? places.set(form, new Map()).get(form);

export function stopUploadsIn(form, row) {
  for (const [name, place] of placesOf(form)) {
    if (!name.startsWith(`${row}/`)) continue;
    place.coming.forEach(stop);
    placesOf(form).delete(name);
  }
}

function usePlace(name, take) {
  const all = placesOf(useForm()), [, draw] = useState(0);
  if (!all.has(name)) all.set(name, { coming: [] });
  return Object.assign(all.get(name), { take, draw: () => draw((count) => count + 1) });
}

const IMAGES = { "image/*": /^image\//, "audio/*": /^audio\//, "video/*": /^video\// };

export function fits(accept, { name, type }) {
  const wanted = (accept || "").split(",").map((each) => each.trim().toLowerCase()).filter(Boolean);
  return !wanted.length || wanted.some((each) => (each.startsWith(".") ? name.toLowerCase().endsWith(each)
    : IMAGES[each]?.test(type) ?? each === type));
}

function refusal(file, field, { attachment_mb: most = 50 }) {
  const { name } = file;
  if (!fits(field.accept, file)) return t("dropped_type", { name, accept: field.accept.replace(/,\s*/g, "、") });
  if (file.size > most * 1024 * 1024) return t("too_large", { name, size: size(file.size), limit: `${most} MB` });
  return file.size === 0 ? t("empty_file", { name }) : null;
}

function Held({ id, file, readonly, remove }) {
  return <li class="file"><a class="file-name" href={`/api/attachments/${id}/file`} lang="zh-CN">{file?.name ?? t("attachments")}</a>
    <span class="text-secondary small">{file ? size(file.size) : ""}</span>
    {!readonly && <button type="button" class="btn btn-sm btn-link text-danger" aria-label={t("remove_file", { name: file?.name ?? "" })} onClick={() => remove(id)}>{t("remove")}</button>}</li>;
}

function Coming({ one, cancel, again }) {
  return <li class="file"><span class="file-name" lang="zh-CN">{one.file.name}</span>
    {one.fault ? <span class="text-danger small" role="alert" lang="zh-CN">{one.fault}</span>
      : <div class="progress" role="progressbar" aria-label={t("uploading", { name: one.file.name })} aria-valuenow={one.percent} aria-valuemin="0" aria-valuemax="100">
        <div class="progress-bar" style={{ width: `${one.percent}%` }} /></div>}
    {one.fault && one.retry && <button type="button" class="btn btn-sm btn-link" onClick={() => again(one)}>{t("again")}</button>}
    <button type="button" class="btn btn-sm btn-link" onClick={() => cancel(one)}>{t(one.fault ? "clear" : "cancel")}</button></li>;
}

function useUploads(field, desk, take) {
  const place = usePlace(`${useContext(RowName)}/${field.id}`, take);
  const set = (coming) => { place.coming = coming; place.draw(); };
  const change = (one, news) => { Object.assign(one, news); place.draw(); };
  const drop = (one) => { uploads.delete(one); set(place.coming.filter((each) => each !== one)); };
  const send = async (one) => {
    uploads.add(one);
    change(one, { fault: null, percent: 0 });
    const owner = desk.task_id ? { task_id: desk.task_id } : { organisation_id: desk.organisation_id };
    try {
      const made = await upload(one, owner, (percent) => change(one, { percent }));
      if (one.cancelled) return;
      desk.files[made.id] = { id: made.id, name: made.name, size: made.size };
      drop(one);
      place.take(made.id);
    } catch (error) {
      uploads.delete(one);
      if (!one.cancelled) change(one, { fault: error.isNetwork ? t("upload_failed") : error.message, retry: error.isNetwork || error.status >= 500 });
    }
  };
  const add = (files) => {
    const begun = files.map((file) => ({ file, key: freshKey(), percent: 0, fault: refusal(file, field, desk), retry: false }));
    set([...place.coming, ...begun]);
    begun.filter((one) => !one.fault).forEach(send);
  };
  const cancel = (one) => { stop(one); drop(one); };
  return { coming: place.coming, add, cancel, again: send };
}

export function Files(props) {
  const { field, domId, readonly, errors, onChange, onBlur, onFocus } = props, required = useRequired(field), desk = useDesk();
  const value = Array.isArray(props.value) ? props.value : [], latest = useRef(value), chooser = useRef();
  latest.current = value;
  const [isOver, setOver] = useState(false), several = field.multiple === true;
  const set = (ids) => { latest.current = ids; onChange({ value: ids }); };
  const { coming, add, cancel, again } = useUploads(field, desk, (id) => set(several ? [...latest.current, id] : [id]));
  const take = (list) => add(several ? [...list] : [...list].slice(0, 1));
  const limit = `${desk.attachment_mb ?? 50} MB`, accept = field.accept?.replace(/\s*,\s*/g, "、");
  const held = value.length || coming.length ? <ul class="files">{value.map((id) => <Held key={id} id={id} file={desk.files?.[id]} readonly={readonly}
    remove={(gone) => { set(latest.current.filter((each) => each !== gone)); chooser.current?.focus(); }} />)}
    {coming.map((one) => <Coming key={one.key} one={one} cancel={cancel} again={again} />)}</ul> : null;
  if (readonly) return <Frame {...props} group>{held ?? <output class="form-control-plaintext">{t("none")}</output>}</Frame>;
  if (!desk.task_id && !desk.organisation_id) return <Frame {...props} required={required} group><div class="drop text-secondary">{t("preview_only")}</div></Frame>;
  return <Frame {...props} required={required} group>
    {held}
    <div class={`drop${isOver ? " is-over" : ""}${errors.length ? " is-invalid" : ""}`}
      onDragOver={(event) => { event.preventDefault(); setOver(true); }} onDragLeave={() => setOver(false)}
      onDrop={(event) => { event.preventDefault(); setOver(false); take(event.dataTransfer.files); }}>
      <span>{t("drop")}</span> <label class="btn btn-sm"><input ref={chooser} type="file" class="visually-hidden" id={`${domId}-file`} accept={field.accept} multiple={several}
        aria-describedby={described(domId, field, errors, `${domId}-limit`)} aria-invalid={errors.length > 0} onFocus={onFocus} onBlur={onBlur}
        onChange={({ target }) => { take(target.files); target.value = ""; }} />{t(!several && value.length ? "replace" : "choose_file")}</label>
      <div class="form-hint" id={`${domId}-limit`}>{accept ? t("hint_types", { accept, limit }) : t("hint_size", { limit })}</div>
    </div></Frame>;
}
Files.config = config("filepicker", "File picker", "basic-input", []);
