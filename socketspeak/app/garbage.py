"""Python's collector of garbage, kept from looking through what stays."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager


def set_aside_what_stays() -> None:
    """Let the collector leave out all that there is now: the zones, the places, the names.

    It would look through them again and again while sessions come and go, and stop everything for 30 ms each
    time. To be called at the start.
    """
    gc.collect()
    gc.freeze()


@contextmanager
def setting_aside_what_comes() -> Iterator[None]:
    """Do the same for what is read here while the server runs.

    Nothing is collected meanwhile: to look through all sessions, too, would stop everything for 100 ms. What
    was garbage before, and no young one, is never found afterwards; that is next to nothing.
    """
    gc.collect(1)
    gc.disable()
    try:
        yield
        gc.freeze()
    finally:
        gc.enable()
