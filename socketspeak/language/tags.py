"""Language tags: which of the languages at hand serves who asks for `pt`, `pt_PT` or `ES-mx`."""

from __future__ import annotations

import re
from collections.abc import Collection

_TAG = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*")


def best_tag(wanted: str, known: Collection[str]) -> str | None:
    """The known tag that serves best, None where none does.

    This is the look-up of RFC 4647, section 3.4: subtags are left out from the end until a known tag remains,
    or the beginning of one, for Portuguese of Brazil serves the Portuguese better than English. Case does not
    matter, and `_` stands for `-`.
    """
    subtags = wanted.replace("_", "-")
    if not _TAG.fullmatch(subtags):
        return None
    parts = subtags.lower().split("-")
    while parts:
        for tag in known:
            if tag.lower().split("-")[: len(parts)] == parts:
                return tag
        parts.pop()
    return None
