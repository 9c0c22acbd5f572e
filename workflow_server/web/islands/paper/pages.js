// Draws the pages of a PDF into a container: the old ones stay, each until its new one is drawn.
import { getDocument, GlobalWorkerOptions, PDFWorker, TextLayer } from "pdfjs-dist/build/pdf.mjs";

const here = (file) => new URL(file, import.meta.url).href;
GlobalWorkerOptions.workerSrc = here(PAPER_WORKER);
// One for all papers of the page: a new worker for each refresh would cost more than the drawing.
let worker;

// Wider than this a page is not made by itself: a line should fit into one look.
const WIDEST = 860;

const pixels = () => window.devicePixelRatio || 1;

function sheet(viewport, scale) {
  const made = document.createElement("div");
  made.className = "paper-page";
  made.style.setProperty("--total-scale-factor", scale);
  made.style.width = `${viewport.width}px`;
  made.style.height = `${viewport.height}px`;
  return made;
}

async function drawPage(page, width) {
  const scale = width / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  const made = sheet(viewport, scale);
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(viewport.width * pixels());
  canvas.height = Math.round(viewport.height * pixels());
  const text = document.createElement("div");
  text.className = "textLayer";
  made.append(canvas, text);
  const transform = pixels() === 1 ? null : [pixels(), 0, 0, pixels(), 0, 0];
  await page.render({ canvas, viewport, transform }).promise;
  const layer = new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport });
  return { made, layer };
}

export class Pages {
  constructor(container) {
    this.container = container;
    this.turn = 0;
    this.zoom = 1;
  }

  // Returns the number of pages; null when another paper came in between. `seen` is called when the first one,
  // that is looked at, is drawn.
  async show(data, seen) {
    const turn = ++this.turn;
    this.seen = seen;
    worker ??= new PDFWorker({ name: "paper" });
    const opening = getDocument({
      data, worker, cMapUrl: here(`${PAPER_FILES}/cmaps/`), standardFontDataUrl: here(`${PAPER_FILES}/standard_fonts/`),
      useWasm: false, // the page's policy allows none
    });
    try {
      const pdf = await opening.promise;
      if (turn !== this.turn) throw null;
      const before = this.opening;
      this.opening = opening;
      before?.destroy();
      return await this.draw(pdf, turn);
    } catch (error) {
      if (this.opening !== opening) await opening.destroy();
      if (turn !== this.turn) return null;
      throw error;
    }
  }

  get width() {
    const style = getComputedStyle(this.container);
    const inner = this.container.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
    return Math.max(120, Math.floor(Math.min(inner, WIDEST) * this.zoom));
  }

  // What is looked at comes first; the pages above and below it follow.
  order(count) {
    const view = this.container.getBoundingClientRect();
    const seen = (index) => {
      const box = this.container.children[index]?.getBoundingClientRect();
      if (!box) return index;
      return Math.max(0, box.top - view.bottom, view.top - box.bottom) + index / 1000;
    };
    return [...Array(count).keys()].sort((one, other) => seen(one) - seen(other));
  }

  async draw(pdf, turn) {
    const width = this.width;
    this.drawnAt = width;
    const layers = [];
    const first = this.container.children.length === 0;
    const drawn = [];
    for (const index of this.order(pdf.numPages)) {
      const page = await pdf.getPage(index + 1);
      if (turn !== this.turn) return null;
      const { made, layer } = await drawPage(page, width);
      if (turn !== this.turn) return null;
      layers.push(layer);
      drawn[index] = made;
      if (first || index >= this.container.children.length) this.insert(drawn, index);
      else this.container.children[index].replaceWith(made);
      this.seen?.();
      this.seen = null;
    }
    while (this.container.children.length > pdf.numPages) this.container.lastElementChild.remove();
    for (const layer of layers) await layer.render();
    return turn === this.turn ? pdf.numPages : null;
  }

  insert(drawn, index) {
    const after = drawn.slice(index + 1).find((each) => each?.isConnected);
    this.container.insertBefore(drawn[index], after ?? null);
  }

  async redraw() {
    const pdf = await this.opening?.promise;
    if (!pdf || !this.container.clientWidth || this.width === this.drawnAt) return;
    const place = this.container.scrollTop / (this.container.scrollHeight || 1);
    await this.draw(pdf, ++this.turn);
    this.container.scrollTop = place * this.container.scrollHeight;
  }

  close() {
    this.turn += 1;
    this.opening?.destroy();
  }
}
