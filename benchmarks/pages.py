"""How soon the paper beside a form follows a key: from the key to the drawn page.

`python -m benchmarks pages` plays the demo case to the drafting of a paper of four pages on a
server of its own, types into the form in a real Chromium, one character each time the paper
stands, and prints one JSON object a line. `python scripts/setup.py browser` brings the browser.
"""

from __future__ import annotations

import shutil
import statistics
import tempfile
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

from benchmarks.report import report
from tests.browser.conftest import NAMES
from tests.browser.site import Site
from tests.browser.test_the_case import begin
from workflow_server.services.organisations import DEMO_PASSWORD

REPEATS = 40
#: After how many acts of the scenario its fullest paper is being drafted, and by whom.
ACTS, PERSON = 8, "prosecutor"

_LISTEN = """() => {
  window.drawn = [];
  document.addEventListener("paper:drawn", ({ detail }) => {
    // When the page that is looked at stood; those below it follow.
    drawn.push(performance.now() - (detail.drawing - detail.seen));
  });
  document.addEventListener("input", () => { window.typed = performance.now(); }, true);
}"""


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        site = Site(f"sqlite:///{folder / 'workflow.db'}", folder / "data")
        site.start()
        try:
            begin(site, ACTS, folder / "papers")
            took = sorted(_times(site))
        finally:
            site.stop()
    report("preview.p50_ms", statistics.median(took), "ms", "<= 400")
    report("preview.p90_ms", took[len(took) * 9 // 10], "ms", "<= 500")


def _times(site: Site) -> list[float]:
    program = next(filter(None, map(shutil.which, NAMES)))
    task = site.api(PERSON).all("/api/tasks", mine="true")[0]["id"]
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=program, args=["--no-sandbox"])
        page = browser.new_page(base_url=site.address, viewport={"width": 1280, "height": 800})
        page.goto("/sign-in")
        page.fill("#login", PERSON)
        page.fill("#password", DEMO_PASSWORD)
        page.click("form.card button.btn-primary")
        page.wait_for_url("**/")
        page.goto(f"/tasks/{task}")
        page.wait_for_load_state("networkidle")
        page.evaluate(_LISTEN)
        return [_follow(page) for _ in range(REPEATS)]


def _follow(page: Page) -> float:
    """Type a character; return the milliseconds until the paper has it."""
    page.wait_for_timeout(400)
    before = page.evaluate("drawn.length")
    page.locator('[data-island="form"] textarea').first.press_sequentially("字")
    page.wait_for_function("before => drawn.length > before", arg=before)
    return float(page.evaluate("drawn.at(-1) - typed"))


if __name__ == "__main__":
    main()
