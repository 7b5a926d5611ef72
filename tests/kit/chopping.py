"""Streams cut into pieces wherever chance wants."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise


def chopped(stream: bytes, cuts: Sequence[int]) -> list[bytes]:
    """The stream in pieces, cut at these places as far as it has them."""
    edges = sorted({0, len(stream), *(cut for cut in cuts if 0 < cut < len(stream))})
    return [stream[start:end] for start, end in pairwise(edges)]
