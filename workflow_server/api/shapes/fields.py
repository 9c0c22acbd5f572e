"""Fields of the API's shapes: bounded, and with messages a person understands."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import Any

from marshmallow import fields, validate

from workflow_server.config import CHINA

YEARS = range(1900, 2201)

_LONGEST_NAME = 200
_UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def _messages(**more: str) -> dict[str, str | list[Any] | dict[Any, Any]]:
    return {"required": "缺少此项", "null": "不能为空", **more}


class Text(fields.String):
    """A line or a paragraph, never longer than `longest`, without control characters."""

    default_error_messages = _messages(
        invalid="应为文字",
        control="含有不允许的控制字符",
    )

    def __init__(self, longest: int = 200, shortest: int = 0, **more: Any) -> None:
        length = validate.Length(
            min=shortest or None, max=longest, error=f"长度应为{shortest}至{longest}个字符"
        )
        super().__init__(validate=[length], **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        text = super()._deserialize(value, attr, data, **more)
        if _UNPRINTABLE.search(text):
            raise self.make_error("control")
        return text


class Shown(fields.String):
    """Text that goes out, as long as it is."""


class Choice(Text):
    """One of a few words."""

    def __init__(self, *words: str, **more: Any) -> None:
        super().__init__(longest=60, **more)
        self.validators.append(validate.OneOf(words, error="应为以下之一：" + "、".join(words)))


class Whole(fields.Integer):
    """A whole number within bounds."""

    default_error_messages = _messages(
        invalid="应为整数",
        too_large="数值过大",
    )

    def __init__(self, least: int = 0, most: int = 2**53 - 1, **more: Any) -> None:
        bounds = validate.Range(least, most, error=f"应在{least}至{most}之间")
        super().__init__(validate=[bounds], **more)

    def _validated(self, value: Any) -> Any:
        if isinstance(value, bool | float):
            raise self.make_error("invalid")
        return super()._validated(value)


class Flag(fields.Boolean):
    """Yes or no."""

    default_error_messages = _messages(
        invalid="应为 true 或 false",
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(truthy={True, "true"}, falsy={False, "false"}, **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        if isinstance(value, int) and not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **more)


class Id(fields.UUID):
    """The id of something."""

    default_error_messages = _messages(
        invalid_uuid="不是有效的标识（UUID）",
    )


class Day(fields.Date):
    """A calendar day, `2026-07-01`."""

    default_error_messages = _messages(
        invalid="应为日期，如 2026-07-01",
        range="年份超出范围",
    )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        day: date = super()._deserialize(value, attr, data, **more)
        if day.year not in YEARS:
            raise self.make_error("range")
        return day


class Moment(fields.AwareDateTime):
    """A moment with its offset; comes out in the time of the offices, Asia/Shanghai."""

    default_error_messages = _messages(
        invalid="应为带时区的时间，如 2026-07-01T09:00:00+08:00",
        invalid_awareness="时间必须带时区，如 2026-07-01T09:00:00+08:00",
        range="年份超出范围",
    )

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> Any:
        return None if value is None else value.astimezone(CHINA).isoformat()

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        moment: datetime = super()._deserialize(value, attr, data, **more)
        if moment.year not in YEARS:
            raise self.make_error("range")
        return moment.astimezone(UTC)


class Answers(fields.Dict):
    """An object whose inside the form decides, not the API."""

    default_error_messages = _messages(
        invalid="应为一个对象",
    )

    def __init__(self, **more: Any) -> None:
        super().__init__(keys=Text(longest=_LONGEST_NAME), **more)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **more: Any) -> Any:
        # All names at a look; only what is wrong with one is found out one by one.
        if (
            isinstance(value, dict)
            and max(map(len, value), default=0) <= _LONGEST_NAME
            and not _UNPRINTABLE.search("".join(value))
        ):
            return value
        return super()._deserialize(value, attr, data, **more)  # type: ignore[no-untyped-call]


class Hex(fields.String):
    """Bytes, shown in hexadecimal."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> Any:
        return value.hex()


class Utf8(fields.String):
    """A text file, shown as text."""

    def _serialize(self, value: Any, attr: str | None, obj: Any, **more: Any) -> Any:
        return value.decode()
