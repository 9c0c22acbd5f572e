"""Islands in a real browser, under a policy that allows nothing but files of the server."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
import weasyprint
from playwright.sync_api import Browser, Page

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / "workflow_server" / "web" / "static" / "built"
POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
POLICY += "font-src 'self' data:; connect-src 'self'; worker-src 'self'"
TYPES = {".js": "text/javascript", ".css": "text/css", ".html": "text/html; charset=utf-8"}

DIAGRAM = """<definitions xmlns="http://www.omg.org/spec/BPMN/20100524/MODEL" id="d"
  xmlns:di="http://www.omg.org/spec/BPMN/20100524/DI" targetNamespace="t"
  xmlns:dc="http://www.omg.org/spec/DD/20100524/DC">
  <process id="p"><userTask id="Ask" name="问"/><userTask id="Answer" name="答"/></process>
  <di:BPMNDiagram id="x"><di:BPMNPlane id="y" bpmnElement="p">
    <di:BPMNShape id="a" bpmnElement="Ask"><dc:Bounds x="0" y="0" width="100" height="80"/></di:BPMNShape>
    <di:BPMNShape id="b" bpmnElement="Answer"><dc:Bounds x="200" y="0" width="100" height="80"/>
    </di:BPMNShape></di:BPMNPlane></di:BPMNDiagram></definitions>"""  # noqa: E501

FORM = {
    "schema": {
        "type": "default",
        "id": "f",
        "components": [
            {"type": "datetime", "key": "at", "id": "a1", "subtype": "datetime",
             "dateLabel": "日", "timeLabel": "时", "timeSerializingFormat": "utc_offset"},
            {"type": "datetime", "key": "day", "id": "a2", "subtype": "date", "dateLabel": "期"},
            {"type": "datetime", "key": "next", "id": "a5", "subtype": "date", "dateLabel": "后",
             "disallowPassedDates": True},
            {"type": "text", "id": "a3", "text": "今天{{ string(today()) }}"},
            {"type": "expression", "id": "a4", "key": "due", "computeOn": "change",
             "expression": '=date(day) + duration("P2M")'},
        ],
    },
    "data": {"at": "2026-03-01T00:30:00+08:00", "day": "2025-12-31"},
}  # fmt: skip


def _page(name: str, body: str) -> str:
    names = json.loads((BUILT / "manifest.json").read_text())
    styles = [names[part] for part in ("site.css", f"{name}.css") if part in names]
    scripts = [names["site.js"], names[f"{name}.js"]]
    return (
        "<!doctype html><title>x</title>"
        + "".join(f'<link rel="stylesheet" href="/built/{file}">' for file in styles)
        + "".join(f'<script type="module" src="/built/{file}"></script>' for file in scripts)
        + f"<body>{body}</body>"
    )


def _paper(*pages: str) -> bytes:
    break_after = "<style>p {break-after: page}</style>"
    text = break_after + "".join(f"<p>{page}</p>" for page in pages)
    pdf: bytes = weasyprint.HTML(string=text).write_pdf()
    return pdf


def _files() -> dict[str, bytes | str]:
    block = f'<script type="application/json">{json.dumps(FORM)}</script>'
    diagram = '<div data-island="diagram" data-source="/x.bpmn" data-done="Ask" data-open="Answer">'
    form = '<div data-island="form" data-now="2026-11-22T16:30:00Z">'
    button = '<div id="t"></div><button hx-get="/part.html" hx-target="#t">'
    modeler = '<div data-island="modeler" data-source="/x.bpmn"></div>'
    lost = '<div data-island="diagram" data-source="/none"></div>'
    lazy = '<div hx-get="/part.html" hx-trigger="load" hx-swap="outerHTML">…</div>'
    editor = '<div data-island="form-editor" data-draft="d" data-path="forms/a/b.json"></div>'
    return {
        "/form.html": _page("form", f"{form}{block}</div>"),
        "/form-editor.html": _page("form-editor", editor),
        "/api/drafts/d": json.dumps({"is_mine": True, "status": "open", "files": []}),
        "/api/drafts/d/files": json.dumps(FORM["schema"]),
        "/api/drafts/d/vocabulary": "{}",
        "/api/drafts/d/check": json.dumps({"faults": []}),
        "/diagram.html": _page("diagram", f"{diagram}</div>"),
        "/later.html": _page("diagram", button),
        "/part.html": f"{diagram}</div>",
        "/lazy.html": _page("diagram", lazy),
        "/modeler.html": _page("modeler", modeler),
        "/lost.html": _page("diagram", lost),
        "/paper.html": _page("paper", '<div data-island="paper" data-source="/x.pdf"></div>'),
        "/x.bpmn": DIAGRAM,
        "/x.pdf": _paper("first sheet", "second sheet"),
        "/y.pdf": _paper("other sheet"),
        "/favicon.ico": "",
    }  # fmt: skip


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    files = _files()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.split("?")[0]
            file = BUILT / path.removeprefix("/built/")
            content = files.get(path)
            if content is None:
                content = file.read_bytes() if file.is_file() else None
            self.send_response(404 if content is None else 200)
            self.send_header("Content-Security-Policy", POLICY)
            self.send_header(
                "Content-Type", TYPES.get(Path(path).suffix, "application/octet-stream")
            )
            self.end_headers()
            self.wfile.write(content.encode() if isinstance(content, str) else content or b"")

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A sharp screen in New York, on which nothing may go wrong."""
    context = chromium.new_context(timezone_id="America/New_York", device_scale_factor=2)
    opened = context.new_page()
    wrong: list[str] = []
    opened.on("console", lambda said: wrong.append(said.text) if said.type == "error" else None)
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    yield opened
    context.close()
    # pdf.js tries out whether an image may hold styles.
    assert [line for line in wrong if not line.startswith("Applying inline style")] == []


def _open(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("[data-ready]")


def test_a_form_counts_in_shanghai_and_computes_as_the_server(page, address):
    _open(page, f"{address}/form.html")
    page.evaluate(
        "document.addEventListener('form:changed', (e) => { window.said = e.detail.data; })"
    )
    values = [field.input_value() for field in page.query_selector_all("input")]
    assert {"2026-03-01", "00:30", "2025-12-31"} <= set(values)
    assert "今天2026-11-23" in page.inner_text("[data-island]")
    first = page.locator(".day-native").nth(2)
    assert first.get_attribute("min") == "2026-11-23"
    page.locator("input.clock").fill("23:45")
    page.locator("input.clock").blur()
    page.wait_for_function("window.said?.at === '2026-03-01T23:45'")
    assert page.evaluate("window.said.due") == "2026-02-28"
    assert page.evaluate("window.said.day") == "2025-12-31"


@pytest.mark.parametrize("how", ["diagram", "later"])
def test_a_diagram_marks_what_is_done_and_open(page, address, how):
    page.goto(f"{address}/{how}.html")
    if how == "later":
        page.click("button")
    page.wait_for_selector("[data-ready]")
    assert page.locator(".is-done").get_attribute("data-element-id") == "Ask"
    assert page.locator(".is-open").get_attribute("data-element-id") == "Answer"
    assert page.locator(".bjs-powered-by").is_visible()


def test_a_diagram_that_cannot_be_had_says_so(chromium, address):
    page = chromium.new_page()
    page.goto(f"{address}/lost.html")
    page.wait_for_selector("[data-failed]", state="attached")
    assert page.locator("[aria-busy]").count() == 0
    page.close()


def test_a_part_that_cannot_be_had_says_so_and_is_asked_for_again(chromium, address):
    page = chromium.new_page()
    page.route("**/part.html", lambda route: route.fulfill(status=503))
    page.goto(f"{address}/lazy.html")
    told = page.get_by_role("alert")
    told.wait_for()
    assert "服务器暂时不能办理" in told.inner_text()
    page.unroute("**/part.html")
    page.get_by_role("button", name="重试").click()
    page.wait_for_selector("[data-ready]")
    assert told.count() == 0
    page.close()


@pytest.mark.parametrize("name", ["modeler", "form-editor"])
def test_an_editor_opens_what_it_is_given(page, address, name):
    _open(page, f"{address}/{name}.html")
    assert page.locator(".djs-shape, .fjs-form-field").count() >= 2


def test_a_paper_is_sharp_and_its_text_can_be_copied(page, address):
    _open(page, f"{address}/paper.html")
    assert page.locator(".paper-page canvas").count() == 2
    assert (
        page.evaluate(
            "(c => c.width / c.clientWidth)(document.querySelector('.paper-page canvas'))"
        )
        == 2
    )
    assert "first sheet" in page.inner_text(".paper-pages")
    text, sheet = page.locator(".textLayer span").first, page.locator(".paper-page").first
    assert 0 < text.bounding_box()["x"] - sheet.bounding_box()["x"] < 200


def test_a_paper_stays_until_the_next_is_drawn(page, address):
    _open(page, f"{address}/paper.html")
    seen = page.evaluate(
        """async () => {
          const paper = document.querySelector("[data-island]"), seen = [];
          const sheets = () => paper.querySelectorAll(".paper-page").length;
          const watch = new MutationObserver(() => seen.push(sheets()));
          watch.observe(paper, {childList: true, subtree: true});
          const drawn = new Promise((done) => paper.addEventListener("paper:drawn", done));
          const detail = await (await fetch("/y.pdf")).arrayBuffer();
          paper.dispatchEvent(new CustomEvent("paper:refresh", { detail }));
          seen.push(sheets());
          await drawn;
          return [...seen, sheets()];
        }"""
    )
    assert seen[0] == 2
    assert seen[-1] == 1
    assert 0 not in seen
    assert "other sheet" in page.inner_text(".paper-pages")


def test_pages_load_nothing_from_elsewhere(page, address):
    hosts = set()
    page.on("request", lambda request: hosts.add(request.url.split("/")[2]))
    for name in ("form", "form-editor", "diagram", "modeler", "paper"):
        _open(page, f"{address}/{name}.html")
    assert hosts == {address.removeprefix("http://")}
