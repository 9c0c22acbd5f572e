"""One marshmallow field per form-js component: strict types in, JSON-able values out."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time, timedelta, timezone
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError, fields, missing

from workflow_server.config import CHINA
from workflow_server.content.forms.model import Option

TEXT_FIELD = 2_000
TEXT_AREA = 20_000
CHOICES = 500
FILES = 100
CHOICE = 1_000
#: Beyond this JavaScript, and so FEEL, cannot tell whole numbers apart.
LARGEST = 2**53 - 1

# C0, C1, surrogates, noncharacters, and the marks that turn the direction of writing.
_CONTROL = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]"
)
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_TIME = re.compile(r"(\d\d):(\d\d)(?::(\d\d)(?:\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)?")
_EMAIL = re.compile(r"[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}", re.ASCII)
_PHONE = re.compile(
    r"(?:(?:\+?86[ -]?)?1[3-9]\d{9}|0\d{2,3}[ -]?\d{7,8}(?:-\d{1,6})?"
    r"|\+\d{6,15}|1\d{4}|[48]00-?\d{3}-?\d{4})"
)

Judge = Callable[[Any], str | None]


class AnswerField(fields.Field[Any]):
    """A field of a form: blank becomes None, and each judge may find one fault."""

    def __init__(self, label: str, judges: Sequence[Judge] = ()) -> None:
        super().__init__(allow_none=True)
        self.label = label
        self.judges = tuple(judges)

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> Any:
        typed = self.read(value)
        if typed is not None:
            found = [fault for judge in self.judges if (fault := judge(typed))]
            if found:
                raise ValidationError(found)
        return typed

    def read(self, value: Any) -> Any:
        """Return the typed value, or None for blank; raise ValidationError."""
        raise NotImplementedError

    def wrong(self, expected: str) -> ValidationError:
        return ValidationError(f"{self.label}应为{expected}")


def is_legible(text: str) -> bool:
    """Tell whether a text holds nothing but what can be read."""
    return _CONTROL.search(text) is None


class Ignored(AnswerField):
    """What a browser may send, but never decides: read-only and computed values."""

    def read(self, value: Any) -> Any:
        return missing


class Text(AnswerField):
    def __init__(self, label: str, longest: int, *, lines: bool, judges: Sequence[Judge]) -> None:
        super().__init__(label, judges)
        self.longest = longest
        self.lines = lines

    def read(self, value: Any) -> str | None:
        if not isinstance(value, str):
            raise self.wrong("文字")
        if len(value) > self.longest + 1_000:
            raise ValidationError(f"{self.label}最多{self.longest}个字")
        text = value.replace("\r\n", "\n").strip()
        if not text:
            return None
        if len(text) > self.longest:
            raise ValidationError(f"{self.label}最多{self.longest}个字")
        if _CONTROL.search(text):
            raise ValidationError(f"{self.label}含有不可用的控制字符")
        if not self.lines and "\n" in text:
            raise ValidationError(f"{self.label}只能填写一行")
        return text


class Number(AnswerField):
    def __init__(
        self, label: str, digits: int | None, *, as_text: bool, judges: Sequence[Judge]
    ) -> None:
        super().__init__(label, judges)
        self.digits = digits
        self.as_text = as_text

    def read(self, value: Any) -> int | float | str | None:
        if isinstance(value, str) and not value.strip():
            return None
        number = self._decimal(value)
        if abs(number) > LARGEST:
            raise ValidationError(f"{self.label}的数字太大")
        exponent = number.as_tuple().exponent
        if self.digits is not None and isinstance(exponent, int) and -exponent > self.digits:
            raise ValidationError(
                f"{self.label}最多{self.digits}位小数" if self.digits else f"{self.label}应为整数"
            )
        if self.as_text:
            return f"{number:f}"
        return int(number) if number == number.to_integral_value() else float(number)

    def _decimal(self, value: Any) -> Decimal:
        if (
            self.as_text
            and isinstance(value, str)
            and re.fullmatch(r"[+-]?\d{1,20}(\.\d{1,20})?", value.strip(), re.ASCII)
        ):
            return Decimal(value.strip()).normalize() + 0
        if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
            raise self.wrong("数字")
        if abs(value) > LARGEST:
            raise ValidationError(f"{self.label}的数字太大")
        return Decimal(int(value)) if value == int(value) else Decimal(repr(value))


class Moment(AnswerField):
    """A date, a time of day or both, in one spelling; times are counted in Shanghai."""

    def __init__(self, label: str, subtype: str, judges: Sequence[Judge] = ()) -> None:
        super().__init__(label, judges)
        self.subtype = subtype

    def read(self, value: Any) -> str | None:
        if isinstance(value, str) and not value.strip():
            return None
        if isinstance(value, str) and len(value) <= 40:
            try:
                return getattr(self, f"_{self.subtype}")(value.strip())  # type: ignore[no-any-return]
            except (ValueError, OverflowError):
                pass
        expected = {"date": "日期", "time": "时间", "datetime": "日期和时间"}[self.subtype]
        raise self.wrong(f"{expected}，例如{_EXAMPLES[self.subtype]}")

    def _date(self, text: str) -> str:
        return self._day(text).isoformat()

    def _day(self, text: str) -> date:
        if not _DATE.fullmatch(text) or not text.isascii():
            raise ValueError
        day = date.fromisoformat(text)
        if not 1901 <= day.year <= 2200:
            raise ValidationError(f"{self.label}应在1901年至2200年之间")
        return day

    def _time(self, text: str) -> str:
        clock, zone = _clock(text)
        if zone is not None:
            moment = datetime.combine(date(2000, 1, 1), clock, zone)
            clock = moment.astimezone(CHINA).time()
        return clock.isoformat("seconds")

    def _datetime(self, text: str) -> str:
        day, _, rest = text.partition("T")
        clock, zone = _clock(rest)
        moment = datetime.combine(self._day(day), clock, zone or CHINA)
        return moment.astimezone(CHINA).isoformat(timespec="seconds")


_EXAMPLES = {"date": "2026-03-01", "time": "14:30", "datetime": "2026-03-01T14:30"}


def _clock(text: str) -> tuple[time, timezone | None]:
    match = _TIME.fullmatch(text)
    if match is None or not text.isascii():
        raise ValueError
    hour, minute, second, zone = match.groups()
    clock = time(int(hour), int(minute), int(second or 0))
    if zone is None:
        return clock, None
    if zone == "Z":
        return clock, timezone.utc  # noqa: UP017 - one type for both
    distance = timedelta(hours=int(zone[1:3]), minutes=int(zone[4:]))
    return clock, timezone(-distance if zone[0] == "-" else distance)


class Tick(AnswerField):
    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.wrong("是或否")
        return value


class Choice(AnswerField):
    def __init__(self, label: str, options: Sequence[Option] | None) -> None:
        super().__init__(label)
        self.options = None if options is None else tuple(option.value for option in options)

    def read(self, value: Any) -> Any:
        if isinstance(value, str) and not value.strip():
            return None
        return self.one(value)

    def one(self, value: Any) -> Any:
        if not isinstance(value, str | int | float) or value != value:
            raise self.wrong("选项之一")
        if isinstance(value, str) and (len(value) > CHOICE or _CONTROL.search(value)):
            raise self.wrong("选项之一")
        if isinstance(value, int | float) and abs(value) > LARGEST:
            raise self.wrong("选项之一")
        if self.options is not None and not among(value, self.options):
            raise ValidationError(f"{self.label}没有这个选项")
        return value


class Choices(Choice):
    def read(self, value: Any) -> list[Any]:
        if not isinstance(value, list):
            raise self.wrong("选项的列表")
        if len(value) > CHOICES:
            raise ValidationError(f"{self.label}最多选{CHOICES}项")
        found: list[Any] = []
        for one in value:
            choice = self.one(one)
            if among(choice, found):
                raise ValidationError(f"{self.label}有重复的选项")
            found.append(choice)
        return found


class Files(AnswerField):
    """Ids of attachments; whether they exist is asked of the sources."""

    def __init__(self, label: str, *, multiple: bool) -> None:
        super().__init__(label)
        self.most = FILES if multiple else 1

    def read(self, value: Any) -> list[str]:
        if not isinstance(value, list):
            raise self.wrong("附件的列表")
        if len(value) > self.most:
            raise ValidationError(f"{self.label}最多{self.most}个附件")
        found = [self._id(one) for one in value]
        if len(set(found)) < len(found):
            raise ValidationError(f"{self.label}有重复的附件")
        return found

    def _id(self, value: Any) -> str:
        try:
            if isinstance(value, str) and len(value) == 36:
                return str(uuid.UUID(value))
        except ValueError:
            pass
        raise ValidationError(f"{self.label}里有无效的附件编号")


class Inner(fields.Nested):
    """The fields of a group with a path; null is an empty group."""

    def deserialize(
        self,
        value: Any,
        attr: str | None = None,
        data: Mapping[str, Any] | None = None,
        **kwargs: Any,
    ) -> Any:
        return super().deserialize({} if value is None else value, attr, data, **kwargs)


class RowList(fields.List[Any]):
    """Rows of a repeated list; too many are refused before any is read."""

    def __init__(self, row: fields.Nested, label: str, most: int) -> None:
        super().__init__(row, allow_none=True)
        self.label = label
        self.most = most

    def _deserialize(
        self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any
    ) -> list[Any]:
        if not isinstance(value, list):
            raise ValidationError(f"{self.label}应为列表")
        if len(value) > self.most:
            raise ValidationError(f"{self.label}最多{self.most}行")
        strange = {i: ["应为对象"] for i, row in enumerate(value) if not isinstance(row, dict)}
        if strange:
            raise ValidationError(strange)
        return super()._deserialize(value, attr, data, **kwargs)


def among(value: Any, options: Sequence[Any]) -> bool:
    """Say whether a value is one of the options; True is not 1."""
    return any(
        value == option and isinstance(value, bool) == isinstance(option, bool)
        for option in options
    )


def is_email(text: str) -> bool:
    return len(text) <= 254 and _EMAIL.fullmatch(text) is not None


def is_phone(text: str) -> bool:
    return _PHONE.fullmatch(text) is not None
