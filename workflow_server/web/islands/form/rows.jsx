/** @jsxRuntime automatic */
/** @jsxImportSource preact */
// Lists whose rows come and go: added, removed (and brought back), moved, all by keyboard too.
import { buildExpressionContext, DynamicList, LocalExpressionContext, RepeatRenderManager } from "@bpmn-io/form-js-viewer";
import { useContext } from "preact/hooks";
import { freshKey } from "../asking.js";
import { stopUploadsIn } from "./files.jsx";
import { flushAll, Faults, RowName, useForm } from "./parts.jsx";
import { get, labelOf } from "./schema.js";
import { t } from "./texts.js";

function Row({ name, index, count, value, above, list, indexes, RowsRenderer, change, ...rest }) {
  const context = {
    data: above.data, this: value, parent: buildExpressionContext({ ...above, data: above.this }), i: [...above.i, index + 1],
  };
  const number = index + 1, title = t("first_of", { number }), open = list.allowAddRemove && !rest.readonly;
  return <div class="row-item" role="group" aria-label={title} data-row={index}>
    <div class="row-head"><span class="row-number">{title}</span>{open && <span class="btn-list">
      <button type="button" class="btn btn-sm btn-ghost-secondary" data-act="up" disabled={index === 0} aria-label={t("move_up", { number })} title={t("move_up", { number })} onClick={() => change.move(index, -1)}>↑</button>
      <button type="button" class="btn btn-sm btn-ghost-secondary" data-act="down" disabled={number === count} aria-label={t("move_down", { number })} title={t("move_down", { number })} onClick={() => change.move(index, 1)}>↓</button>
      <button type="button" class="btn btn-sm btn-ghost-danger" data-act="remove" aria-label={t("remove_row", { number })} onClick={() => change.remove(index)}>{t("remove")}</button></span>}</div>
    <RowName.Provider value={name}><LocalExpressionContext.Provider value={context}>
      <RowsRenderer {...rest} field={list} indexes={{ ...indexes, [list.id]: index }} /></LocalExpressionContext.Provider></RowName.Provider></div>;
}

export class Rows extends RepeatRenderManager {
  _values(field, indexes) {
    return get(this._form._getState().data, this._pathRegistry.getValuePath(field, { indexes })) ?? [];
  }

  // The faults of rows are kept by their place: after a move or a removal they would stand at other rows.
  _forget(field) {
    const { errors } = this._form._getState(), inside = (each) => [each.id, ...(each.components ?? []).flatMap(inside)];
    const gone = new Set(inside(field));
    this._form._setState({ errors: Object.fromEntries(Object.entries(errors).filter(([id]) => !gone.has(id))) });
  }

  // The names of a list's rows, in their order.
  _namesOf(list, count) {
    this._named ??= new Map();
    if (!this._named.has(list)) this._named.set(list, []);
    const names = this._named.get(list);
    while (names.length < count) names.push(`${list}:${freshKey()}`);
    names.length = count;
    return names;
  }

  _changes({ field, indexes, onChange, useSharedState }) {
    const [, setShared] = useSharedState, list = `${useContext(RowName)}/${field.id}`;
    const namesNow = () => this._namesOf(list, this._values(field, indexes).length);
    const write = (value, act) => {
      onChange({ field, value, indexes });
      this._forget(field);
      setShared((before) => ({ ...before, removed: null, said: "", ...act }));
    };
    const focus = (select) => setTimeout(() => document.querySelector(`[data-list="${field.id}"] ${select}`)?.focus(), 60);
    const read = () => { flushAll(); return [...this._values(field, indexes)]; };
    return {
      add: () => {
        const values = read(), place = { ...indexes, [field.id]: values.length };
        const made = this._form._getInitializedFieldData(this._form._getState().data, { container: field, indexes: place });
        write([...values, made], { said: t("first_of", { number: values.length + 1 }) });
        focus(`[data-row="${values.length}"] :is(input, textarea, select)`);
      },
      remove: (index) => {
        const values = read(), [item] = values.splice(index, 1), [name] = namesNow().splice(index, 1);
        stopUploadsIn(this._form, name);
        write(values, { removed: { index, item }, said: t("removed", { number: index + 1 }) });
        focus(values.length ? `[data-row="${Math.min(index, values.length - 1)}"] [data-act="remove"]` : "[data-act=add]");
      },
      restore: ({ index, item }) => { const values = read(); namesNow().splice(index, 0, `${list}:${freshKey()}`); values.splice(index, 0, item); write(values, {}); focus(`[data-row="${index}"] [data-act="remove"]`); },
      move: (index, by) => {
        const values = read(), [item] = values.splice(index, 1);
        values.splice(index + by, 0, item);
        const names = namesNow();
        names.splice(index + by, 0, ...names.splice(index, 1));
        write(values, { said: t("moved", { number: index + by + 1 }) });
        const act = by < 0 ? "up" : "down", stays = by < 0 ? index + by > 0 : index + by < values.length - 1;
        focus(`[data-row="${index + by}"] [data-act="${stays ? act : by < 0 ? "down" : "up"}"]`);
      },
    };
  }

  Repeater(props) {
    const { RowsRenderer, indexes, field, useSharedState, ...rest } = props, above = useContext(LocalExpressionContext);
    const values = this._values(field, indexes), change = this._changes(props);
    const names = this._namesOf(`${useContext(RowName)}/${field.id}`, values.length);
    return <>{values.map((value, index) => <Row key={index} {...rest} name={names[index]} index={index} count={values.length} value={value} above={above}
      list={field} indexes={indexes} RowsRenderer={RowsRenderer} change={change} />)}
      {!values.length && rest.readonly && <div class="text-secondary">{t("none")}</div>}</>;
  }

  RepeatFooter(props) {
    const { field, indexes, readonly, useSharedState } = props, [{ removed, said }] = useSharedState;
    const change = this._changes(props), count = this._values(field, indexes).length, isFull = count >= field.mostRows;
    if (!field.allowAddRemove || readonly) return null;
    return <div class="row-foot"><button type="button" class="btn btn-sm" data-act="add" disabled={isFull} onClick={change.add}>+ {t("add")}</button>
      {isFull && <span class="text-secondary small">{t("most_rows", { count: field.mostRows })}</span>}
      <span role="status" class={removed ? "" : "visually-hidden"}>{said}</span>
      {removed && <button type="button" class="btn btn-sm btn-link" onClick={() => change.restore(removed)}>{t("undo")}</button>}</div>;
  }
}
Rows.$inject = RepeatRenderManager.$inject;

export function List(props) {
  const { field, domId, errors } = props;
  useForm();
  return <div class={`field-list${errors.length ? " has-faults" : ""}`} data-list={field.id} id={`${domId}-list`} tabIndex={-1} aria-label={labelOf(field)} role="group">
    <DynamicList {...props} /><Faults id={`${domId}-error-message`} errors={Array.isArray(errors) ? errors.filter((each) => typeof each === "string") : []} /></div>;
}
List.config = DynamicList.config;
