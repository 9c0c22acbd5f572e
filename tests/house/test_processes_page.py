"""docs/processes.md tells what the shipped diagrams are, and shows every screen of them."""

from __future__ import annotations

import pytest

from scripts import docs_images

SCREENS = [
    docs_images.picture(path, screen)
    for path in sorted(docs_images.ROOT.glob("bpmn/*/*.bpmn"))
    for screen, _ in docs_images.screens(path)
]


def test_the_page_says_what_the_content_is() -> None:
    assert docs_images.PAGE.read_text() == docs_images.page(), "run make docs-images"


@pytest.mark.parametrize("picture", SCREENS)
def test_every_screen_has_its_picture(picture: str) -> None:
    assert (docs_images.PICTURES / picture).is_file(), "run make docs-images"
