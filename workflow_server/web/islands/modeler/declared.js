// Signals, errors and escalations: root elements of the file that events refer to, each known by its name or code.

const KINDS = {
  signal: { type: "bpmn:Signal", reference: "signalRef", key: "name" },
  error: { type: "bpmn:Error", reference: "errorRef", key: "errorCode" },
  escalation: { type: "bpmn:Escalation", reference: "escalationRef", key: "escalationCode" },
};

export class Declared {
  constructor(model, kind) { Object.assign(this, { model, ...KINDS[kind] }); }

  all() { return this.model.modeler.getDefinitions().rootElements.filter((each) => each.$type === this.type); }

  get chosen() { return this.model.event[this.reference]; }

  // Who catches an error or escalation may catch whatever comes.
  get mayBeAny() { return this.key !== "name" && this.model.interruptingAs !== null; }

  keyOf(each) { return each[this.key] ?? ""; }

  labelOf(each) {
    const key = this.keyOf(each) || each.id;
    return each.name && each.name !== key ? `${each.name}（${key}）` : key;
  }

  takenBy(key, besides) { return this.model.takenName(this.all().some((each) => each !== besides && this.keyOf(each) === key)); }

  choose(id) { this.refer(this.all().find((each) => each.id === id)); }

  refer(element) { this.model.update(this.model.event, { [this.reference]: element }); }

  make(key, name) {
    this.model.together(() => this.refer(this.model.declare(this.type, { ...(name && { name }), [this.key]: key }, key)));
  }
}
