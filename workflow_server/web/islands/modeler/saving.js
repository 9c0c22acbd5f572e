// Saves the diagram; where somebody else saved first, both can be kept.
import { download } from "../elements.js";
import { Saving } from "../drafting/saving.js";
import { say } from "./texts.js";

export class DiagramSaving extends Saving {
  constructor(draft, parts) { super(draft, { ...parts, say }); }

  ways(text) {
    const mark = new Date().toISOString().slice(0, 16).replace(/\D/g, "");
    const other = this.draft.path.replace(/\.bpmn$/, `_${mark}.bpmn`);
    return [["keepBoth", say("keepBoth", { path: other }), async () => { await this.draft.put(other, text); await this.reload(); }],
      ["keepMine", say("keepMine"), () => this.draft.overtake(text)],
      ["takeTheirs", say("takeTheirs"), async () => { download(other.split("/").pop(), text, "application/xml"); await this.reload(); }]];
  }
}
