"""The private fonts of official documents: one directory, and nothing else is seen.

Importing this package needs neither fontTools nor WeasyPrint.
"""

from __future__ import annotations

import json
import os
from pathlib import Path

from workflow_server.config import Config
from workflow_server.errors import Unavailable
from workflow_server.rendering.fonts.recipe import FACES, recipe_key

CONFIGURATION = "fonts.conf"
MANIFEST = "build.json"
DEFAULT_DIRECTORY = Config().fonts_dir


class FontsNotBuilt(Unavailable):
    """文书字体尚未生成"""


def is_built(directory: Path) -> bool:
    """Say whether `directory` holds a finished build of the present recipe."""
    try:
        manifest = json.loads((directory / MANIFEST).read_bytes())
    except (OSError, ValueError):
        return False
    if manifest.get("key") != recipe_key():
        return False
    sizes = {entry["file"]: entry["bytes"] for entry in manifest["fonts"]}
    return all(_size(directory / face.file) == sizes.get(face.file) for face in FACES)


def _size(path: Path) -> int | None:
    try:
        return path.stat().st_size
    except OSError:
        return None


def configuration(directory: Path) -> str:
    """Write the fontconfig file that names only `directory`."""
    place = directory.resolve()
    return (
        '<?xml version="1.0"?>\n<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">\n'
        f"<fontconfig>\n  <dir>{place}</dir>\n  <cachedir>{place / 'cache'}</cachedir>\n"
        "</fontconfig>\n"
    )


def require(directory: Path) -> None:
    """Refuse a directory whose fonts were not built, with the command that builds them."""
    if not is_built(directory):
        raise FontsNotBuilt(
            "文书字体尚未生成：请先运行 python -m workflow_server.rendering.fonts build "
            f"--out {directory} (Expected built fonts in {directory}, but there are none "
            "of this recipe)"
        )


def activate(directory: Path) -> None:
    """Let this process, and its children, see the fonts of `directory` and no others.

    Must run before the first text is laid out: fontconfig reads its file once per process.
    """
    require(directory)
    target = directory / CONFIGURATION
    wanted = configuration(directory)
    if not target.exists() or target.read_text(encoding="utf-8") != wanted:
        target.write_text(wanted, encoding="utf-8")
    os.environ["FONTCONFIG_FILE"] = str(target.resolve())
