"""The command `socketspeak`: ask a server what time it is, from a shell or a script."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from socketspeak.app.choosing import INTERRUPTED, choose


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command with these arguments, else the process's own; gives the exit status."""
    try:
        chosen = choose(argv)
        if chosen.command == "passwd":
            from socketspeak.app.passwording import keep_password

            return keep_password(chosen)
        # Twisted takes a quarter of a second to import: --help and wrong arguments do not wait for it.
        from socketspeak.app.asking import run_command

        return run_command(chosen)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
