// Data objects, and the arrows that write them.
import { TextEntry } from "./entries.js";
import { say } from "./texts.js";
import { ValueEntry } from "./value.js";

const entry = (id, component, more) => ({ id, component, ...more });
const targetOf = (arrow) => arrow.targetRef;

// The name under which FEEL knows what a data object holds.
export function objectEntries({ model, change }) {
  const object = model.shown.dataObjectRef;
  const check = (id) => {
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(id)) return say("badVariable");
    const other = model.modeler.get("moddle").ids.assigned(id);
    return other && other !== object ? say("usedId") : null;
  };
  return object ? [entry("data-id", TextEntry, { label: say("dataName"), isRequired: true, help: say("dataNameHelp", { id: object.id }), check,
    getValue: () => object.id, setValue: (id) => id && change(() => model.update(object, { id })) })] : [];
}

// What is written: by the arrow that is selected, or by every arrow out of an activity or event.
export function writingEntries({ model, names, change }) {
  const arrows = model.place === "dataOutputAssociation" ? [model.shown] : model.shown.dataOutputAssociations ?? [];
  return arrows.map((arrow) => entry(`data-${arrow.id}`, ValueEntry, {
    label: say("dataWrites", { name: targetOf(arrow)?.name || targetOf(arrow)?.dataObjectRef?.id || "" }), help: say("dataWritesHelp"), alwaysFeel: true, names,
    getValue: () => arrow.transformation?.body,
    setValue: (text) => change(() => model.update(arrow, { transformation: text ? model.expression(text, arrow) : undefined })),
  }));
}
