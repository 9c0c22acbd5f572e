"""`make docs-images`: draw every screen of every diagram, and write docs/processes.md around them.

The pictures are drawn by bpmn-js in Chromium, as people see the diagrams in the designer; what is
said beside them is read from the content, so that the page cannot tell another story than it.
"""

from __future__ import annotations

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

import workflow_server.app  # noqa: F401 (everything below is loaded in its order)
from workflow_server.content import content
from workflow_server.content.bundle import read_folder
from workflow_server.content.content import Content
from workflow_server.content.elements import (
    DeadlineEffect,
    DocumentEffect,
    MessageEffect,
    ProcessExtensions,
)

ROOT = Path(__file__).resolve().parents[1]
PAGE = ROOT / "docs" / "processes.md"
PICTURES = ROOT / "docs" / "images" / "processes"
VIEWER = ROOT / "workflow_server/web/islands/node_modules/bpmn-js/dist"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
#: No picture is wider; what is larger is drawn smaller.
WIDEST = 2000

_DI = "{http://www.omg.org/spec/BPMN/20100524/DI}"
_HEAD = """# The shipped processes

Written by `make docs-images` from `bpmn/`; change the diagrams, not this page. Each picture is
one screen of the designer: a collapsed subprocess has a screen of its own, shown below the one that
it stands in.
"""
_DRAW = """async (xml) => {
  window.viewer = new BpmnJS({ container: "#canvas" });
  await viewer.importXML(xml);
  return viewer.get("canvas").getRootElements().map((each) => each.id);
}"""
_SHOW = """([root, widest]) => {
  const canvas = viewer.get("canvas");
  canvas.setRootElement(canvas.findRoot(root));
  const box = canvas.getActiveLayer().getBBox(), edge = 16;
  const scale = Math.min(1, widest / (box.width + 2 * edge));
  const size = [box.width, box.height].map((each) => Math.ceil((each + 2 * edge) * scale));
  document.getElementById("canvas").style.cssText = `width:${size[0]}px;height:${size[1]}px`;
  canvas.resized();
  const [width, height] = [box.width, box.height].map((each) => each + 2 * edge);
  canvas.viewbox({ x: box.x - edge, y: box.y - edge, width, height });
}"""


def main() -> None:
    """Draw and write everything anew."""
    shutil.rmtree(PICTURES, ignore_errors=True)
    PICTURES.mkdir(parents=True)
    _draw()
    PAGE.write_text(page())
    print(f"{len(list(PICTURES.iterdir()))} → {PICTURES.relative_to(ROOT)}/")


def page() -> str:
    """Return what docs/processes.md says."""
    found = content.load(read_folder(ROOT))
    return "\n".join([_HEAD, *_contents(found), *_families(found)])


def screens(path: Path) -> list[tuple[str, str]]:
    """Return a file's screens in their order: the id of what is drawn there, and its name."""
    root = etree.fromstring(path.read_bytes())
    named = {each.get("id"): each.get("name") or "" for each in root.iter() if each.get("id")}
    planes = [each.get("bpmnElement", "") for each in root.iter(f"{_DI}BPMNPlane")]
    return [(each, named.get(each, "")) for each in planes]


def picture(path: Path, screen: str) -> str:
    """Return the name of the picture of a screen."""
    first = screens(path)[0][0] == screen
    return f"{path.stem}.png" if first else f"{path.stem}.{screen}.png"


def _draw() -> None:
    from PIL import Image
    from playwright.sync_api import sync_playwright

    program = next(filter(None, map(shutil.which, BROWSERS)))
    styles = "".join(
        (VIEWER / "assets" / name).read_text() for name in ("bpmn-js.css", "diagram-js.css")
    )
    hidden = ".bjs-powered-by, .bjs-breadcrumbs, .bjs-drilldown { display: none !important }"
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        for path in sorted(ROOT.glob("bpmn/*/*.bpmn")):
            shown = browser.new_page(viewport={"width": WIDEST, "height": 1400})
            shown.set_content(
                f"<style>body{{margin:0}}{styles}{hidden}</style><div id=canvas></div>"
            )
            shown.add_script_tag(path=VIEWER / "bpmn-navigated-viewer.production.min.js")
            roots = shown.evaluate(_DRAW, path.read_text())
            for (screen, _), root in zip(screens(path), roots, strict=True):
                shown.evaluate(_SHOW, [root, WIDEST])
                taken = Image.open(io.BytesIO(shown.locator("#canvas").screenshot()))
                # Lines and letters need few greys: a third of the size.
                taken.convert("RGB").quantize(32).save(
                    PICTURES / picture(path, screen), optimize=True
                )
            shown.close()
        browser.close()


def _contents(found: Content) -> Iterator[str]:
    yield "| process | | hosted by | begins |\n|---|---|---|---|"
    for key, process in sorted(found.processes.items()):
        begins = "; ".join(_beginnings(found, process))
        yield f"| `{key}` | {process.title} | {process.party or 'anybody'} | {begins} |"
    yield ""


def _families(found: Content) -> Iterator[str]:
    for path in sorted(ROOT.glob("bpmn/*/*.bpmn")):
        here = str(path.relative_to(ROOT))
        for key, process in sorted(found.processes.items()):
            if process.path == here:
                yield f"## {process.title} `{key}`\n"
                yield from _facts(found, process)
        for screen, name in screens(path):
            yield f"**{name}**\n\n![{name}](images/processes/{picture(path, screen)})\n"


def _facts(found: Content, process: ProcessExtensions) -> Iterator[str]:
    elements = process.elements.values()
    effects = [effect for element in elements for effect in element.effects]
    papers = {each.kind for each in effects if isinstance(each, DocumentEffect)}
    sent = {each.type for each in effects if isinstance(each, MessageEffect)}
    heard = {each.catch_message.type for each in elements if each.catch_message is not None}
    clocks = {each.rule for each in effects if isinstance(each, DeadlineEffect) and each.rule}
    told = {
        "papers": [found.documents[kind].title for kind in sorted(papers)],
        "sends": sorted(sent),
        "hears": sorted(heard),
        "clocks": sorted(each for each in clocks if not each.startswith("=")),
    }
    lines = [f"- {name}: {', '.join(words)}" for name, words in told.items() if words]
    yield "\n".join([*lines, ""])


def _beginnings(found: Content, process: ProcessExtensions) -> Iterator[str]:
    for start in process.starts:
        yield f"by hand: {start.label} ({found.shared.roles[start.role].label})"
    for kind in found.shared.messages.values():
        if kind.starts == process.process_id:
            yield f"by {kind.key}"
    for caller, other in sorted(found.processes.items()):
        if any(each.called == process.process_id for each in other.elements.values()):
            yield f"called by `{caller}`"


if __name__ == "__main__":
    main()
