"""What a login and a password must be like; each refusal names its rule."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

#: Lower-case letters, digits and a few marks: nothing that looks like something else.
LOGIN = re.compile(r"[a-z0-9][a-z0-9._@-]{0,62}[a-z0-9]")
LOGIN_RULE = "登录名由2至64个小写字母、数字或 . _ - @ 组成，首尾为字母或数字"
#: The longest password that is taken; a longer one only costs time.
LONGEST = 200
_LOOKS_LIKE = str.maketrans("@401!3$57", "aaoiiesst")
_LONG_ENOUGH_TO_HIDE = 3
_KINDS = ("大写字母", "小写字母", "数字", "符号")


@dataclass(frozen=True, slots=True)
class Policy:
    """How good a password must be."""

    length: int = 10
    #: Of how many of the four kinds of characters…
    kinds: int = 3
    #: …unless it is as long as this.
    long: int = 16


def normalised(text: str) -> str:
    """Return a text as it is compared: the same letter is the same, however it was typed."""
    return unicodedata.normalize("NFC", text)


def is_login(text: str) -> bool:
    """Tell whether somebody can be called so when signing in."""
    return LOGIN.fullmatch(text) is not None


def faults(password: str, login: str, name: str, policy: Policy) -> Iterator[str]:
    """Say which rules a password breaks."""
    if len(password) < policy.length:
        yield f"口令至少{policy.length}个字符。 At least {policy.length} characters."
    if len(password) > LONGEST:
        yield f"口令最多{LONGEST}个字符。 At most {LONGEST} characters."
    if len(password) < policy.long and len(_kinds(password)) < policy.kinds:
        yield (
            f"口令须含{'、'.join(_KINDS)}中的{policy.kinds}类，或不少于{policy.long}个字符。"
            f" {policy.kinds} of 4 kinds of characters, or at least {policy.long} of them."
        )
    folded = password.casefold()
    if _holds(folded, login) or (len(name) > 1 and name.casefold() in folded):
        yield "口令不得包含登录名或姓名。 It must not hold the login or the name."
    if not _variants(folded).isdisjoint(_commonest()):
        yield "口令太常见，容易被猜中。 It is one of the commonest passwords."
    if len(set(password)) < min(len(password), _LONG_ENOUGH_TO_HIDE + 2):
        yield "口令的字符重复过多。 Too few different characters."


def _kinds(password: str) -> set[str]:
    return {_kind(letter) for letter in password}


def _kind(letter: str) -> str:
    if letter.isdigit():
        return "数字"
    if letter.isalpha():
        # Letters without case (Chinese) are a kind of their own: that of marks.
        return "大写字母" if letter.isupper() else "小写字母" if letter.islower() else "符号"
    return "符号"


def _holds(folded: str, login: str) -> bool:
    return len(login) >= _LONG_ENOUGH_TO_HIDE and login.casefold() in folded


def _variants(folded: str) -> set[str]:
    """Return what a password is when its decoration is taken off: "P@ssw0rd!" is "password"."""
    bare = re.sub(r"[\W_]", "", folded)
    plain = re.sub(r"[\W_]", "", folded.translate(_LOOKS_LIKE))
    return {folded, bare, plain}


@cache
def _commonest() -> frozenset[str]:
    listed = files("workflow_server.rules").joinpath("common_passwords.txt").read_text("utf-8")
    words = [line.strip().casefold() for line in listed.splitlines() if line.strip()]
    return frozenset(variant for word in words for variant in _variants(word))
