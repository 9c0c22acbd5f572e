"""Types of messages between organisations: who sends what to whom, and what people read of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from workflow_server.content.reading import Place


@dataclass(frozen=True, slots=True)
class MessageType:
    """What one kind of organisation sends another; `starts` names the process it opens."""

    key: str
    label: str
    senders: tuple[str, ...]
    recipients: tuple[str, ...]
    starts: str | None = None
    #: Parts of the payload that the letter's page shows, with what they are called.
    shows: Mapping[str, str] = field(default_factory=dict)


def read(item: Place) -> MessageType | None:
    """Read one type of `messages.json`."""
    if not item.only("key", "label", "from", "to", "starts", "shows"):
        return None
    shown = [each for each in item.items("shows") if each.only("part", "label")]
    return MessageType(
        key=item.text("key"),
        label=item.text("label"),
        senders=_one_or_more(item, "from"),
        recipients=_one_or_more(item, "to"),
        starts=item.text_or_none("starts"),
        shows={each.text("part"): each.text("label") for each in shown},
    )


def _one_or_more(item: Place, key: str) -> tuple[str, ...]:
    if isinstance(item.value.get(key), list):
        return item.texts(key)
    return (item.text(key),)
