// Says at the top what has to be mended, with a link to each field.
import { get, labelOf } from "./schema.js";
import { t } from "./texts.js";

const unescaped = (step) => step.replaceAll("~1", "/").replaceAll("~0", "~");

// "#/answers/rows/0/at" -> ["rows", 0, "at"]
export function pathOf(pointer) {
  return pointer.replace(/^#\/answers\/?/, "").split("/").filter(Boolean).map(unescaped)
    .map((step) => (/^\d+$/.test(step) ? Number(step) : step));
}

const same = (one, other) => one.length === other.length && one.every((step, index) => String(step) === String(other[index]));

function idOf(form, { id, indexes }) {
  return ["fjs-form", form._id].join("-").concat(`-${id}`, ...Object.values(indexes ?? {}).map((index) => `_${index}`));
}

const fieldOf = (form, instance) => form.get("formFieldRegistry").get(instance.id);

// The element of an instance that can take the focus: its input, the first of several, or its frame.
export function placeOf(form, instance) {
  const id = idOf(form, instance), found = document.getElementById(id);
  const group = found?.matches("fieldset") ? found.querySelector("input, select, textarea, button") ?? found : found;
  return group ?? document.getElementById(`${id}-date`) ?? document.getElementById(`${id}-list`);
}

// Puts a fault at its field; one whose field is not shown is returned.
export function at(form, errors, path, detail) {
  const all = form.get("formFieldInstanceRegistry").getAll();
  const instance = all.find((each) => same(each.valuePath ?? [], path) && fieldOf(form, each)?.type !== "default")
    // A fault inside a value (a file of several) belongs to the field that holds it.
    ?? all.find((each) => each.valuePath?.length && same(each.valuePath, path.slice(0, each.valuePath.length)) && fieldOf(form, each)?.key);
  if (!instance) return false;
  const steps = [instance.id, ...Object.values(instance.indexes ?? {})], before = get(errors, steps);
  let inner = errors;
  steps.slice(0, -1).forEach((step, index) => { inner = inner[step] ??= typeof steps[index + 1] === "number" ? [] : {}; });
  const list = Array.isArray(before) ? before : [];
  if (!list.includes(detail)) inner[steps.at(-1)] = [...list, detail];
  return true;
}

// Everything that is wrong, in the order of the page.
export function listed(form, errors) {
  const found = form.get("formFieldInstanceRegistry").getAll().flatMap((instance) => {
    const details = get(errors, [instance.id, ...Object.values(instance.indexes ?? {})]);
    if (!Array.isArray(details) || !details.some((each) => typeof each === "string")) return [];
    const rows = Object.values(instance.indexes ?? {}).map((index) => t("first_of", { number: index + 1 }));
    return [{ place: placeOf(form, instance), where: [...rows, labelOf(fieldOf(form, instance))].join(" · "), details: details.filter((each) => typeof each === "string") }];
  });
  return found.sort((one, other) => {
    if (!one.place || !other.place) return 0;
    return one.place.compareDocumentPosition(other.place) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1;
  });
}

export function show(box, faults, rest = []) {
  const all = faults.flatMap(({ place, where, details }) => details.map((detail) => ({ place, where, detail })));
  box.replaceChildren();
  box.hidden = !all.length && !rest.length;
  if (box.hidden) return;
  const title = document.createElement("h2"), list = document.createElement("ul");
  title.className = "h4";
  title.textContent = all.length + rest.length > 1 || all.length ? t("fault_count", { count: all.length + rest.length }) : t("refused");
  for (const { place, where, detail } of all) {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = `#${place?.id ?? ""}`;
    link.lang = "zh-CN";
    link.textContent = detail.includes(where.split(" · ").at(-1)) && !where.includes(" · ") ? detail : `${where}：${detail}`;
    link.addEventListener("click", (event) => { event.preventDefault(); place?.focus(); place?.scrollIntoView({ block: "center" }); });
    item.append(link);
    list.append(item);
  }
  for (const detail of rest) {
    const item = document.createElement("li");
    item.lang = "zh-CN";
    item.textContent = detail;
    list.append(item);
  }
  box.append(title, list);
  box.focus();
  box.scrollIntoView({ block: "start" });
}
