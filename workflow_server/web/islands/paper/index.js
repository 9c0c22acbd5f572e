// Shows a PDF, page after page, as wide as its container: data-source is its address. The event
// `paper:refresh` brings another one (detail: an ArrayBuffer, or nothing to fetch it again).
import "./paper.css";
import { getDocument, GlobalWorkerOptions, TextLayer } from "pdfjs-dist/build/pdf.mjs";
import { island, load } from "../start.js";

const here = (file) => new URL(file, import.meta.url).href;
GlobalWorkerOptions.workerSrc = here(PAPER_WORKER);

const pixels = () => window.devicePixelRatio || 1;

async function drawPage(page, width) {
  const scale = width / page.getViewport({ scale: 1 }).width;
  const viewport = page.getViewport({ scale });
  const sheet = document.createElement("div");
  sheet.className = "paper-page";
  sheet.style.setProperty("--total-scale-factor", scale);
  sheet.style.width = `${viewport.width}px`;
  sheet.style.height = `${viewport.height}px`;
  const canvas = document.createElement("canvas");
  canvas.width = Math.round(viewport.width * pixels());
  canvas.height = Math.round(viewport.height * pixels());
  const text = document.createElement("div");
  text.className = "textLayer";
  sheet.append(canvas, text);
  const transform = pixels() === 1 ? null : [pixels(), 0, 0, pixels(), 0, 0];
  await page.render({ canvas, viewport, transform }).promise;
  await new TextLayer({ textContentSource: page.streamTextContent(), container: text, viewport }).render();
  return sheet;
}

class Paper {
  constructor(element) {
    this.element = element;
    this.sheets = element.querySelector(".paper-pages") ?? document.createElement("div");
    this.sheets.className = "paper-pages";
    element.append(this.sheets);
    this.turn = 0;
  }

  async show(data) {
    const turn = ++this.turn;
    const opening = getDocument({
      data, cMapUrl: here(`${PAPER_FILES}/cmaps/`), standardFontDataUrl: here(`${PAPER_FILES}/standard_fonts/`),
      wasmUrl: here(`${PAPER_FILES}/wasm/`), iccUrl: here(`${PAPER_FILES}/iccs/`),
    });
    try {
      const pdf = await opening.promise;
      if (turn !== this.turn) return void opening.destroy();
      await this.pdf?.destroy();
      this.pdf = opening;
      await this.draw(pdf, turn);
    } catch (error) {
      await opening.destroy();
      if (turn === this.turn) throw error;
    }
  }

  // The old pages stay until all of the new ones are drawn.
  async draw(pdf, turn) {
    this.width = this.sheets.clientWidth || this.element.clientWidth;
    const drawn = [];
    for (let number = 1; number <= pdf.numPages; number += 1) {
      const page = await pdf.getPage(number);
      if (turn !== this.turn) return;
      drawn.push(await drawPage(page, this.width));
    }
    if (turn !== this.turn) return;
    this.sheets.replaceChildren(...drawn);
    this.element.dispatchEvent(new CustomEvent("paper:drawn", { bubbles: true, detail: { pages: drawn.length } }));
  }

  async redraw() {
    const pdf = await this.pdf?.promise;
    if (!pdf || !this.sheets.clientWidth || this.sheets.clientWidth === this.width) return;
    const turn = ++this.turn;
    await this.draw(pdf, turn).catch((error) => { if (turn === this.turn) throw error; });
  }
}

island("paper", async (element) => {
  const paper = new Paper(element);
  const fetched = async () => (await load(element.dataset.source)).arrayBuffer();
  const fail = (error) => element.dispatchEvent(new CustomEvent("paper:failed", { bubbles: true, detail: { error } }));
  let later;
  const watch = new ResizeObserver(() => {
    clearTimeout(later);
    later = setTimeout(() => paper.redraw().catch(fail), 150);
  });
  element.addEventListener("paper:refresh", async ({ detail }) => {
    try { await paper.show(detail ?? await fetched()); } catch (error) { fail(error); }
  });
  if (element.dataset.source) await paper.show(await fetched());
  watch.observe(element);
  return () => { watch.disconnect(); paper.turn += 1; paper.pdf?.destroy(); };
});
