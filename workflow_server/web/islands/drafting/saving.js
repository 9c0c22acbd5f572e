// Saves a file of a draft while it is written, with the choice that a conflict asks for; takes up what was left.
import { Conflict } from "../modeler/draft.js";
import { Saving } from "../modeler/saving.js";
import { choose, download } from "../modeler/ui.js";
import { language, say } from "./texts.js";

export class FileSaving extends Saving {
  // `reload` puts what the server has into the editor.
  constructor(draft, { text, status, saved, reload }) {
    super(draft, text, status, saved);
    this.reload = reload;
  }

  async settle(text) {
    this.show("unsaved");
    const chosen = await choose(say("conflictTitle"), say("conflictText"),
      [["keepMine", say("keepMine")], ["takeTheirs", say("takeTheirs")]]);
    this.isDirty = false;
    try {
      if (chosen === "keepMine") await this.draft.overtake(text);
      else {
        download(this.draft.path.split("/").pop(), text, "text/plain");
        await this.reload();
      }
      this.done();
    } catch (error) {
      this.isDirty = true;
      this.show("notSaved", { reason: error.message });
      if (error instanceof Conflict) this.timer = setTimeout(() => this.now(), 1200);
    }
  }
}

// What the browser kept because it could not be saved: its person decides.
export async function leftBehind(draft, text) {
  const kept = draft.kept();
  if (draft.isReadOnly || !kept || kept.text === text) {
    draft.forget();
    return null;
  }
  const time = new Date(kept.at).toLocaleString(language === "en" ? "en-GB" : "zh-CN");
  const chosen = await choose(say("backupTitle"), say("backupText", { time }), [["restore", say("restore")], ["discard", say("discard")]]);
  if (chosen === "restore") return kept.text;
  draft.forget();
  return null;
}
