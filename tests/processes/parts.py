"""Databases with other content than the shipped: some of its diagrams, or short ones beside it."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from tests.court import BEGINNING, ROOT, Settled, office
from workflow_server.content.bundle import Bundle, from_files, read_folder
from workflow_server.services import deployments, organisations

SHARED = "bpmn/_shared/"
_SCENARIOS = f"{SHARED}scenarios/"
_MESSAGES = f"{SHARED}messages.json"
_PROCESS = re.compile(rb'<bpmn:process id="(\w+)"')


class SettledWith(Settled):
    """Copies of one database with this content deployed and the demo office moved in."""

    def __init__(self, folder: Path, content: Callable[[], Bundle]) -> None:
        self.content = content
        super().__init__(folder)

    def settle(self) -> None:
        deployments.deploy_folder(self.content(), BEGINNING)
        organisations.load_office(office(), BEGINNING, organisations.DEMO_PASSWORD)


def whole(overlay: Path) -> Bundle:
    """Return the shipped content with what a folder lays over it."""
    return from_files({**read_folder(ROOT).files, **read_folder(overlay).files})


def part(overlay: Path, *taken: str, but: tuple[str, ...] = ()) -> Bundle:
    """Return what stands under these paths and all that is shared; deploying all takes seconds.

    Letters start nothing that is not there.
    """
    left_out = (_SCENARIOS, *but)
    shipped = read_folder(ROOT).files.items()
    files = {path: data for path, data in shipped if path.startswith((SHARED, *taken))}
    files = {path: data for path, data in files.items() if not path.startswith(left_out)}
    files |= read_folder(overlay).files
    diagrams = b"".join(data for path, data in files.items() if path.endswith(".bpmn"))
    files[_MESSAGES] = _starting(_PROCESS.findall(diagrams), files[_MESSAGES])
    return from_files(files)


def _starting(processes: list[bytes], messages: bytes) -> bytes:
    """Return the types of messages, of which only those that are there start processes."""
    there = {each.decode() for each in processes}
    found = json.loads(messages)
    for each in found["types"]:
        if each.get("starts") not in there:
            each.pop("starts", None)
    return json.dumps(found, ensure_ascii=False).encode()
