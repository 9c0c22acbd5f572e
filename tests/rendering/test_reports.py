"""What a report says of the urges that went before it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from workflow_server.rendering import templates
from workflow_server.rendering.sources import TemplateSource

DOCUMENTS = Path(__file__).resolve().parents[2] / "documents"
REPORT: dict[str, Any] = {
    "matter": "停放秩序",
    "issued_on": "2026-04-01",
    "served_on": "2026-04-02",
    "addressee_name": "某局",
    "doc_no": "检建〔2026〕1号",
    "suggestion_items": [],
    "facts": "尚未整改。",
    "override_reason": None,
    "reply_date": None,
    "refused": False,
}
VISIT = {"urged_on": "2026-05-20", "mode": "走访"}
LETTER = {"urged_on": "2026-06-03", "mode": "书面"}


@pytest.mark.parametrize(
    ("urges", "said"),
    [
        ([LETTER, VISIT], "先后于2026年5月20日以走访方式，于2026年6月3日以书面方式督促"),
        ([VISIT], "本院于2026年5月20日以走访方式督促"),
    ],
)
def test_urges_are_told_in_the_order_of_their_days(urges: list[dict[str, Any]], said: str) -> None:
    data = {**REPORT, "urges": urges}
    files = {f"base/{each.name}": each.read_bytes() for each in DOCUMENTS.glob("base/*")}
    files["base/letter.html"] = b"{% block body %}{% endblock %}"
    files["template.html"] = (DOCUMENTS / "situation_report" / "template.html").read_bytes()
    assert said in templates.fill(TemplateSource("situation_report", files), data)
