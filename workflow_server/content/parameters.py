"""Values that an office sets for itself: what expressions read as `parameters`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from workflow_server.content.reading import Place

Value = bool | int | float | str
_TYPES: Mapping[str, tuple[type, ...]] = {
    "boolean": (bool,),
    "number": (int, float),
    "text": (str,),
}
_NAMES = {"boolean": "true 或 false", "number": "数字", "text": "文字"}


@dataclass(frozen=True, slots=True)
class Parameter:
    """A value with its name and its reason; where a region has its own, that one counts."""

    key: str
    label: str
    type: str
    value: Value
    basis: str
    #: By the beginning of a region's code: "23" is a province, "2302" one of its cities.
    regions: Mapping[str, Value] = field(default_factory=dict)

    def in_region(self, region: str | None) -> Value:
        """Return the value of a region: that of the longest beginning of its code."""
        fitting = [start for start in self.regions if (region or "").startswith(start)]
        return self.regions[max(fitting, key=len)] if fitting else self.value


def values(parameters: Iterable[Parameter], region: str | None) -> dict[str, Value]:
    """Return what expressions see in a region."""
    return {each.key: each.in_region(region) for each in parameters}


def read(item: Place) -> Parameter | None:
    """Read one parameter as its file declares it."""
    if not item.only("key", "label", "type", "value", "basis", "regions"):
        return None
    kind = item.choice_or_none("type", tuple(_TYPES)) or "text"
    regions: dict[str, Value] = {}
    for place in item.items("regions"):
        if place.only("region", "value"):
            regions[place.text("region")] = _value(place, kind)
    return Parameter(
        key=item.key("key"),
        label=item.text("label"),
        type=kind,
        value=_value(item, kind),
        basis=item.text("basis"),
        regions=regions,
    )


def _value(place: Place, kind: str) -> Value:
    found: Value | None = place.value.get("value")
    # True is a number to Python, and none to an office.
    is_number = isinstance(found, bool) and kind != "boolean"
    if found is None or is_number or not isinstance(found, _TYPES[kind]):
        place.refuse(f"须是{_NAMES[kind]}", "value")
        return ""
    return found
