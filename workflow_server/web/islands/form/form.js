// The form-js viewer with our fields, rules and rows.
import { Form, runExpressionEvaluation } from "@bpmn-io/form-js-viewer";
import { Checklist, Radio, Select, Tags } from "./choices.jsx";
import { Line, Moment, NumberField, Paragraphs, Tick } from "./fields.jsx";
import { Files } from "./files.jsx";
import { calm } from "./parts.jsx";
import { List, Rows } from "./rows.jsx";
import { answersOf, get, labelOf, ownNames, prepare } from "./schema.js";
import { at } from "./summary.js";
import { t } from "./texts.js";
import { OurValidator } from "./validator.js";

const FIELDS = [Line, Paragraphs, NumberField, Moment, Tick, Select, Radio, Checklist, Tags, Files, List];

class OurFields {
  constructor(formFields) {
    FIELDS.forEach((each) => formFields.register(each.config.type, calm(each)));
  }
}
OurFields.$inject = ["formFields"];

const OUR_MODULE = {
  __init__: ["ourFields"],
  ourFields: ["type", OurFields],
  validator: ["type", OurValidator],
  repeatRenderManager: ["type", Rows],
};

export class OurForm extends Form {
  // What conditions leave of the data: what is hidden is not said.
  get answers() {
    const { schema, data } = this._getState();
    return answersOf(schema, this.get("conditionChecker").applyConditions(data, data));
  }

  get shown() {
    const { schema, data } = this._getState();
    return answersOf(schema, this.get("conditionChecker").applyConditions(data, data), { blanks: true });
  }

  // Other answers as text, to be compared with these: in the same order, and nothing but answers.
  reduced(data) {
    return JSON.stringify(answersOf(this._getState().schema, data));
  }

  get everything() {
    const { schema, data } = this._getState();
    return answersOf(schema, data);
  }

  validate() {
    const errors = super.validate();
    this._checkRows(errors);
    this._checkRules(errors);
    this._setState({ errors });
    return errors;
  }

  _checkRows(errors) {
    const { data } = this._getState(), registry = this.get("formFieldRegistry");
    for (const { id, valuePath } of this.get("formFieldInstanceRegistry").getAll()) {
      const field = registry.get(id), least = field?.leastRows ?? 0;
      if (field?.type === "dynamiclist" && !field.readonly && (get(data, valuePath) ?? []).length < least) {
        at(this, errors, valuePath, t("rows_least", { label: labelOf(field), count: least }));
      }
    }
  }

  _checkRules(errors) {
    const { data, schema } = this._getState(), known = this.get("conditionChecker").applyConditions(data, data);
    const context = { data: known, this: known, parent: null, i: [] };
    for (const { when, field, message } of schema.properties?.rules ?? []) {
      if (runExpressionEvaluation(this.get("expressionLanguage"), when, context) === true) at(this, errors, field.split("."), message);
    }
  }
}

export async function open(container, desk, data) {
  const schema = prepare(desk.schema, desk.access);
  const own = ownNames(schema);
  const facts = Object.fromEntries(Object.entries(desk.context ?? {}).filter(([name]) => !own.has(name) && name !== "this"));
  desk.files ??= {};
  const readOnly = desk.read_only ?? desk.readOnly ?? false;
  const form = new OurForm({ container, properties: { readOnly }, additionalModules: [OUR_MODULE], desk });
  // Puts other answers into the form, in place of all that stands in it.
  form.take = (answers) => form.importSchema(structuredClone(schema), { ...facts, ...answers });
  await form.take(data);
  return form;
}
