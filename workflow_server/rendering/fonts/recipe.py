"""Which fonts are made, from which pinned packages, with which characters."""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Set
from dataclasses import dataclass
from functools import cache
from pathlib import Path

#: Every built font has the same box, so that a fallback glyph never moves its line off the grid.
UNITS_PER_EM = 1000
ASCENT = 880
DESCENT = -120

#: Signs that Chinese text sets in a full square although some fonts draw them narrow.
FULL_WIDTH_SIGNS = "“”‘’—…·"
#: Spaces and their widths, in every face: Pango takes a space from the face of the text
#: before it, and prints the box of a missing character where that face has none.
SPACES = {0x20: 250, 0xA0: 250, 0x2002: 500, 0x2003: 1000, 0x2009: 200, 0x202F: 200}
#: Signs of forms that GBK lacks: boxes to tick, check marks.
EXTRA_SIGNS = "☐☑☒✓✔㉑㉒㉓㉔㉕"


@dataclass(frozen=True, slots=True)
class Package:
    """One Debian package; `pool` is its place under any Debian mirror."""

    name: str
    version: str
    sha256: str
    pool: str

    @property
    def file(self) -> str:
        return self.pool.rsplit("/", 1)[1]


FANDOL = Package(
    "texlive-lang-chinese",
    "2022.20230122-1",
    "9cfa07bd44e7b9098e26f0ecac1b5ad210d2249d474c8074d53de92d650b0ec0",
    "pool/main/t/texlive-lang/texlive-lang-chinese_2022.20230122-1_all.deb",
)
NOTO = Package(
    "fonts-noto-cjk",
    "1:20220127+repack1-1",
    "4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502",
    "pool/main/f/fonts-noto-cjk/fonts-noto-cjk_20220127+repack1-1_all.deb",
)
WENKAI = Package(
    "fonts-lxgw-wenkai",
    "1.250+repack-1",
    "6d1e4c4aac78ad32062aefa2c836ee4d6e58f9dcf8b3f4407c9eefe304615318",
    "pool/main/f/fonts-lxgw-wenkai/fonts-lxgw-wenkai_1.250+repack-1_all.deb",
)
LIBERATION = Package(
    "fonts-liberation2",
    "2.1.5-1",
    "35ffaa54f117e633e89a5da89af235a073b34dbe582726fbf6989568f7fd9bda",
    "pool/main/f/fonts-liberation2/fonts-liberation2_2.1.5-1_all.deb",
)
HANAZONO = Package(
    "fonts-hanazono",
    "20170904-2.1",
    "a6943366b4f5a6cec34221f8b4eb22555a628f0ee6ef4e3d3401cabe9363aeae",
    "pool/main/f/fonts-hanazono/fonts-hanazono_20170904-2.1_all.deb",
)

_NOTO_PLACE = "usr/share/fonts/opentype/noto/"
_HANA_PLACE = "usr/share/fonts/truetype/hanazono/"
_LIBERATION_PLACE = "usr/share/fonts/truetype/liberation2/"
_FANDOL_PLACE = "usr/share/texlive/texmf-dist/fonts/opentype/public/fandol/"


@dataclass(frozen=True, slots=True)
class Face:
    """One font to be made: `characters` names the set of `wanted()`."""

    family: str
    package: Package
    member: str
    characters: str
    index: int = -1

    @property
    def file(self) -> str:
        return self.family.replace(" ", "") + ".ttf"


_TITLE = (NOTO, _NOTO_PLACE + "NotoSerifCJK-Bold.ttc")
_SONG = (NOTO, _NOTO_PLACE + "NotoSerifCJK-Regular.ttc")
_HEI = (NOTO, _NOTO_PLACE + "NotoSansCJK-Regular.ttc")
_KAI = (WENKAI, "usr/share/fonts/truetype/lxgw-wenkai/LXGWWenKai-Regular.ttf")

#: Slowest first: that is the order in which the processes take them. A face of 7,500 common
#: characters is subset three times as fast as one of 23,000, so the others stand apart.
FACES = (
    Face("Doc Title More", *_TITLE, "uncommon", 2),
    Face("Doc Song More", *_SONG, "uncommon", 2),
    Face("Doc Hei More", *_HEI, "uncommon", 2),
    Face("Doc Rare B", HANAZONO, _HANA_PLACE + "HanaMinB.ttf", "rare"),
    Face("Doc Fang", FANDOL, _FANDOL_PLACE + "FandolFang-Regular.otf", "chinese"),
    Face("Doc Title", *_TITLE, "common", 2),
    Face("Doc Song", *_SONG, "common", 2),
    Face("Doc Hei", *_HEI, "common", 2),
    Face("Doc Kai More", *_KAI, "uncommon"),
    Face("Doc Kai", *_KAI, "common"),
    Face("Doc Rare A", HANAZONO, _HANA_PLACE + "HanaMinA.ttf", "rare"),
    Face("Doc Latin", LIBERATION, _LIBERATION_PLACE + "LiberationSerif-Regular.ttf", "latin"),
    Face("Doc Latin Bold", LIBERATION, _LIBERATION_PLACE + "LiberationSerif-Bold.ttf", "latin"),
)
PACKAGES = tuple(dict.fromkeys(face.package for face in FACES))
#: Its repertoire decides which Han characters beyond GBK are wanted: it covers the
#: 8,105 characters of the 通用规范汉字表 and GB 18030-2022 level 2 completely.
REPERTOIRE = next(face for face in FACES if face.package is WENKAI)


@cache
def gbk() -> frozenset[int]:
    """Return every code point of GBK above ASCII (GB 18030 level 1 and its symbols)."""
    pairs = (bytes((lead, trail)) for lead in range(0x81, 0xFF) for trail in range(0x40, 0xFF))
    texts = (pair.decode("gbk", "ignore") for pair in pairs)
    return frozenset(ord(text) for text in texts if len(text) == 1 and ord(text) > 0x7F)


def is_han(code: int) -> bool:
    """Say whether `code` is a Chinese character, extensions and compatibility included."""
    return 0x3400 <= code <= 0x9FFF or 0xF900 <= code <= 0xFAFF or 0x20000 <= code <= 0x323AF


@cache
def latin() -> frozenset[int]:
    """Return what is set in the Latin face: ASCII, letters with accents.

    Quotation marks, dashes, the middle dot and other signs of GB 2312 stay Chinese and square.
    """
    letters = {c for c in range(0xA1, 0x250) if unicodedata.category(chr(c))[0] == "L"}
    extra = {0xB2, 0xB3, 0xB9, 0xBD, 0xBC, 0xBE, 0x2010, 0x2011, 0x2013,
             0x2212, 0x20AC}  # fmt: skip
    return frozenset(set(range(0x21, 0x7F)) | letters | extra)


def wanted(characters: str, repertoire: Set[int], offered: Set[int]) -> frozenset[int]:
    """Choose from the code points `offered` by a font those of a named set; spaces apart.

    `rare` is what neither GBK nor the repertoire face has: the last resort for names.
    """
    if characters == "latin":
        return latin() & offered
    chinese = gbk() | {code for code in repertoire if is_han(code)}
    signs = {ord(sign) for sign in EXTRA_SIGNS}
    if characters == "rare":
        return frozenset({c for c in offered if is_han(c)} - chinese | (signs & offered))
    chosen = ((chinese | signs) - latin() - SPACES.keys()) & offered
    if characters == "common":
        return frozenset(code for code in chosen if is_common(code))
    if characters == "uncommon":
        return frozenset(code for code in chosen if not is_common(code))
    return frozenset(chosen)


def is_common(code: int) -> bool:
    """Say whether `code` is a sign or one of the 6,763 characters of GB 2312."""
    return _rank(code) <= _RANK_LEVEL_2


def frequency_order(codes: Set[int]) -> list[int]:
    """Sort code points so that common characters come first.

    A PDF keeps every glyph slot up to the highest one used: low slots make small files.
    GB 2312 level 1 holds the 3,755 commonest characters, level 2 the next 3,008.
    """
    return sorted(codes, key=lambda code: (_rank(code), code))


_RANK_SIGN, _RANK_LEVEL_1, _RANK_LEVEL_2, _RANK_NAME, _RANK_OTHER = range(5)


def _rank(code: int) -> int:
    """Signs, GB 2312 level 1, level 2, then what is beyond GBK (names), then traditional ones."""
    if not is_han(code):
        return _RANK_SIGN
    try:
        row = chr(code).encode("gb2312")[0] - 0xA0
    except UnicodeEncodeError:
        return _RANK_OTHER if code in gbk() else _RANK_NAME
    return _RANK_LEVEL_1 if row < 56 else _RANK_LEVEL_2


def recipe_key() -> str:
    """Return the checksum over the pinned packages and everything that shapes a font."""
    here = Path(__file__).parent
    digest = hashlib.sha256()
    for name in ("recipe.py", "outlines.py"):
        digest.update((here / name).read_bytes())
    return digest.hexdigest()
