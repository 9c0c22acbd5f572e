"""Fills in any form in a real browser as a person does: by its schema, and what they want to say.

It knows forms, and no process: values are what the API would take, and each is typed, chosen,
ticked or dropped at the field that the schema gives it.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from playwright.sync_api import Locator, Page, expect

FORM = '[data-island="form"][data-ready]'
_DROP = """([name, type, data]) => {
  const bytes = Uint8Array.from(atob(data), (each) => each.charCodeAt(0));
  const drop = new DataTransfer();
  drop.items.add(new File([bytes], name, { type }));
  return drop;
}"""

#: What a value is called where people choose it.
Names = Callable[[Any], str]


@dataclass(frozen=True)
class Spot:
    """A field at a place: of a row, if it stands in a list."""

    component: Mapping[str, Any]
    value: Any
    path: tuple[str | int, ...]
    rows: tuple[int, ...]


@dataclass
class Filler:
    """The form of a page."""

    page: Page
    name_of: Names = str
    _form_id: str = field(default="", init=False)
    _desk: dict[str, Any] = field(default_factory=dict, init=False)

    def fill(
        self, answers: Mapping[str, Any], files: Sequence[tuple[str, str, bytes]] = ()
    ) -> None:
        """Enter answers; files are (place as "rows.0.file", name, bytes)."""
        self._begin()
        places = [(tuple(place.split(".")), name, data) for place, name, data in files]
        for spot in self._spots(self._desk["schema"], answers, (), ()):
            self._enter(spot)
        for spot in self._all_files(answers, [place for place, *_ in places]):
            for place, name, data in places:
                if place == tuple(map(str, spot.path)):
                    self._bring(spot, name, data)

    def complete(self) -> None:
        """Send the form, and wait for the page that it leads to."""
        before = self.page.url
        self.page.locator(".form-bar .btn-primary").click()
        self.page.wait_for_function(
            "before => location.href !== before || document.querySelector('.form-faults li')",
            arg=before,
        )
        faults = self.page.locator(".form-faults li")
        assert self.page.url != before, faults.all_inner_texts()
        self.page.wait_for_load_state()

    def _begin(self) -> None:
        form = self.page.locator(FORM)
        form.wait_for()
        self._form_id = form.evaluate("each => each.form._id")
        self._desk = form.evaluate(
            "each => JSON.parse(each.querySelector('script[type=\"application/json\"]').text)"
        )

    def _spots(
        self,
        parent: Mapping[str, Any],
        answers: Mapping[str, Any],
        place: tuple[str | int, ...],
        rows: tuple[int, ...],
    ) -> Iterator[Spot]:
        for component in parent.get("components", ()):
            steps = (component.get("key") or component.get("path") or "").split(".")
            path = (*place, *filter(None, steps))
            value = _at(answers, path[len(place) :])
            if component["type"] == "group":
                inner = answers if path == place else value or {}
                yield from self._spots(component, inner, path, rows)
            elif len(path) == len(place) or value is None or self._is_shut(path):
                continue
            elif component["type"] == "dynamiclist":
                self._make_rows(Spot(component, value, path, rows))
                for index, row in enumerate(value):
                    yield from self._spots(component, row, (*path, index), (*rows, index))
            else:
                yield Spot(component, value, path, rows)

    def _all_files(
        self, answers: Mapping[str, Any], places: Sequence[tuple[str, ...]]
    ) -> list[Spot]:
        """Return the fields at places, as if they had been answered."""
        told: dict[str, Any] = {}
        _copy(answers, told)
        for place in places:
            _put(told, place)
        found = self._spots(self._desk["schema"], told, (), ())
        return [spot for spot in found if spot.component["type"] == "filepicker"]

    def _is_shut(self, path: tuple[str | int, ...]) -> bool:
        access = self._desk.get("access") or {}
        names = [each for each in path if isinstance(each, str)]
        rights = [access.get(".".join(names[:end])) for end in range(1, len(names) + 1)]
        return "read" in rights or "hidden" in rights

    def _id(self, spot: Spot) -> str:
        rows = "".join(f"_{index}" for index in spot.rows)
        return f"fjs-form-{self._form_id}-{spot.component['id']}{rows}"

    def _find(self, spot: Spot, more: str = "") -> Locator:
        return self.page.locator(f'[id="{self._id(spot)}{more}"]')

    def _make_rows(self, spot: Spot) -> None:
        listed = self.page.locator(f'[data-list="{spot.component["id"]}"]').nth(
            spot.rows[-1] if spot.rows else 0
        )
        listed.wait_for()
        rows = listed.locator(":scope [data-row]")
        for number in range(rows.count(), len(spot.value)):
            listed.locator("[data-act=add]").last.click()
            expect(rows).to_have_count(number + 1)
        for number in range(rows.count(), len(spot.value), -1):
            rows.last.locator("[data-act=remove]").click()
            expect(rows).to_have_count(number - 1)
        # The list puts the cursor into a new row a moment later: what is typed would follow it.
        self.page.evaluate("() => new Promise((done) => setTimeout(done, 60))")

    def _enter(self, spot: Spot) -> None:
        kind = spot.component["type"]
        act = getattr(self, f"_enter_{kind}", None)
        assert act is not None, f"nobody knows how to fill in a {kind}"
        act(spot)

    def _enter_textfield(self, spot: Spot) -> None:
        self._find(spot).fill(str(spot.value))

    _enter_textarea = _enter_textfield

    def _enter_number(self, spot: Spot) -> None:
        is_money = spot.component.get("properties", {}).get("money") == "fen"
        self._find(spot).fill(str(spot.value / 100 if is_money else spot.value))

    def _enter_datetime(self, spot: Spot) -> None:
        if spot.component.get("subtype") != "datetime":
            self._find(spot).fill(str(spot.value))
            return
        day, _, time = str(spot.value).partition("T")
        self._find(spot, "-date").fill(day)
        self._find(spot, "-date").blur()
        self._find(spot, "-time").fill(time[:5])

    def _enter_checkbox(self, spot: Spot) -> None:
        self._find(spot).set_checked(spot.value)

    def _enter_radio(self, spot: Spot) -> None:
        self._box(spot, spot.value).check()

    def _enter_checklist(self, spot: Spot) -> None:
        wanted = {self._label(spot, each) for each in spot.value}
        group = self._find(spot)
        group.locator("label").first.wait_for()
        for label in group.locator("label").all():
            label.locator("input").set_checked(label.inner_text().strip() in wanted)

    def _enter_select(self, spot: Spot) -> None:
        box, label = self._find(spot), self._label(spot, spot.value)
        box.wait_for()
        if box.evaluate("each => each.tagName") == "SELECT":
            box.select_option(label=label)
            return
        if box.input_value().startswith(label):
            return
        box.click()
        box.fill(label)
        options = self.page.locator(f'[id="{self._id(spot)}-options"] [role=option]')
        options.filter(has_text=label).first.click()

    def _enter_taglist(self, spot: Spot) -> None:
        for each in spot.value:
            box = self._find(spot)
            box.fill(self._label(spot, each))
            box.press("Enter")

    def _enter_filepicker(self, spot: Spot) -> None:
        """Leave files to `_bring`: they are uploaded, and not said in the answers."""

    def _box(self, spot: Spot, value: Any) -> Locator:
        label = self._label(spot, value)
        boxes = self._find(spot).locator("label")
        return boxes.filter(has=self.page.get_by_text(label, exact=True)).locator("input")

    def _label(self, spot: Spot, value: Any) -> str:
        for each in spot.component.get("values") or ():
            if each["value"] == value:
                return str(each["label"])
        return self.name_of(value)

    def _bring(self, spot: Spot, name: str, data: bytes) -> None:
        """Drop a file where several may come, choose it where one does."""
        frame = self._find(spot)
        if spot.component.get("multiple"):
            given = [name, "application/pdf", base64.b64encode(data).decode()]
            drop = self.page.evaluate_handle(_DROP, given)
            frame.locator(".drop").dispatch_event("drop", {"dataTransfer": drop})
        else:
            payload: Any = {"name": name, "mimeType": "application/pdf", "buffer": data}
            self._find(spot, "-file").set_input_files(payload)
        expect(frame.locator("a.file-name").filter(has_text=name)).to_be_visible()


def _at(answers: Any, steps: Sequence[str | int]) -> Any:
    for step in steps:
        answers = answers.get(step) if isinstance(answers, Mapping) else None
    return answers


def _copy(source: Mapping[str, Any], target: dict[str, Any]) -> None:
    for key, value in source.items():
        target[key] = value
        if isinstance(value, list):
            target[key] = [dict(each) if isinstance(each, Mapping) else each for each in value]


def _put(target: Any, path: Sequence[str]) -> None:
    *steps, last = path
    for step in steps:
        target = target[int(step)] if isinstance(target, list) else target.setdefault(step, {})
    target.setdefault(last, [])
