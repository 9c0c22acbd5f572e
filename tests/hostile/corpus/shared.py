"""What several diagrams share, written so that it is no JSON or means what can't be."""

from __future__ import annotations

import json
from typing import Any

from tests.hostile.corpus.case import Case, laid
from tests.services.drawing import SHARED

FOLDER = "bpmn/_shared/"
BOMBS = {
    "lists by the ten thousand": "[" * 50_000 + "]" * 50_000,
    "a number of ten thousand digits": "9" * 10_000,
    "a number beyond all": "1e999",
    "half a character": '"\\ud800"',
    "NUL": '"\\u0000"',
    "a list": "[1, 2]",
    "half of it": '{"roles": [',
    "a name twice": '{"x": 1, "x": 2}',
    "a name of JavaScript": '{"__proto__": {"sees": "jurisdiction"}}',
    "what hides": '{"roles": "\\u202e"}',
}
JSON = [
    laid(
        f"{file}.json: {name}", {f"{FOLDER}{file}.json": text.encode()}, f"{FOLDER}{file}.json", "."
    )
    for index, file in enumerate(("roles", "records", "office", "vocabularies", "series"))
    for name, text in list(BOMBS.items())[index % 2 :: 2]
]


def shared(file: str, value: Any) -> dict[str, bytes]:
    """Write one of the shared files."""
    return {f"{FOLDER}{file}.json": json.dumps(value).encode()}


ROLE = {"key": "drafter", "label": "x", "party": "office"}
MEANT = [
    laid("a role twice", shared("roles", {"roles": [ROLE, ROLE]}), f"{FOLDER}roles.json", "两次"),
    laid(
        "a role with a right that there is not",
        shared(
            "roles",
            {"roles": [*SHARED["roles"]["roles"], {**ROLE, "key": "root", "rights": ["root"]}]},
        ),
        f"{FOLDER}roles.json",
        "权限",
    ),
    laid(
        "a role that sees more than all",
        shared("roles", {"roles": [{**ROLE, "sees": "universe"}]}),
        f"{FOLDER}roles.json",
        "只能",
    ),
    laid(
        "a series without a number",
        shared("series", {"series": [{"key": "permit_no", "label": "x", "pattern": "x"}]}),
        f"{FOLDER}series.json",
        "编号格式",
    ),
    laid(
        "a series with a width of a billion",
        shared(
            "series",
            {"series": [{"key": "permit_no", "label": "x", "pattern": "{year}{n:1000000000}"}]},
        ),
        f"{FOLDER}series.json",
        ".",
    ),
    laid(
        "a series that reaches for the host",
        shared(
            "series",
            {
                "series": [
                    {"key": "permit_no", "label": "x", "pattern": "{year}{n}{code.__class__}"}
                ]
            },
        ),
        f"{FOLDER}series.json",
        ".",
    ),
    laid(
        "a type of messages to nobody",
        shared(
            "messages", {"types": [{"key": "M-ASK", "label": "x", "from": "ghost", "to": "ghost"}]}
        ),
        f"{FOLDER}messages.json",
        "没有哪个角色",
    ),
    laid(
        "a message that starts nothing",
        shared(
            "messages",
            {
                "types": [
                    {
                        "key": "M-ASK",
                        "label": "x",
                        "from": "town",
                        "to": "office",
                        "starts": "ghost",
                    }
                ]
            },
        ),
        f"{FOLDER}messages.json",
        "starts",
    ),
]

CASES: list[Case] = [*JSON, *MEANT]
