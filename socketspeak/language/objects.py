"""How an object of JSON is written: on one line, without spaces, in its own characters."""

from __future__ import annotations

import json

Object = dict[str, object]


def written(value: object) -> str:
    """A value as JSON."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
