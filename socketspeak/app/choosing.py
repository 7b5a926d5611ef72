"""The arguments of the command `socketspeak`, and the statuses with which it exits."""

from __future__ import annotations

import argparse
import math
import os
import re
import sys
from collections.abc import Sequence

import socketspeak
from socketspeak.app.commands import add_commands, passwd_arguments

SERVER_VARIABLE = "SOCKETSPEAK_SERVER"
PASSWORD_VARIABLE = "SOCKETSPEAK_PASSWORD"
DEFAULT_SERVER = "localhost:8082"
DEFAULT_SECONDS = 10.0
LEAST_SECONDS, MOST_SECONDS = 0.05, 3600.0

ANSWERED, FAILED, MISUSED, UNREACHABLE, INTERRUPTED = 0, 1, 2, 3, 130

EPILOG = """\
places are what people type: tokyo, "new york", Asia/Tokyo, JP, UTC+5:30; quote those of several words.
options stand behind the command: socketspeak COMMAND --help lists them.
exit status: 0 answered; 1 the server answered with a failure, or refused the login; 2 wrong usage; 3 no
server, none with a good certificate, no answer in time, or the connection was lost; 130 interrupted.
environment: SOCKETSPEAK_SERVER stands for --server, SOCKETSPEAK_PASSWORD for --password-file; NO_COLOR turns
colours off."""

PASSWD = "say by which password someone may log in to a server"
PASSWD_MORE = (
    "The password is asked for twice on a terminal, and is else a line of standard input. The file holds no "
    "password, only what one can be checked by. A running server reads it again when it gets SIGHUP."
)

_SOUTH = re.compile(r"-[\d.]+,\s*[-+\d.]+")  # coordinates that argparse would take for an option


def choose(argv: Sequence[str] | None) -> argparse.Namespace:
    """What these arguments ask for, None for the process's own; exits with MISUSED where they are wrong."""
    words = sys.argv[1:] if argv is None else argv
    # A word with a space in it is no option.
    return _parser().parse_args([f" {word}" if _SOUTH.fullmatch(word) else word for word in words])


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="socketspeak",
        description="World time on a socket: ask a SocketSpeak server.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"SocketSpeak {socketspeak.__version__}")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    every = _options_of_every_command()
    add_commands(
        lambda name, what: commands.add_parser(name, help=what, description=f"Show {what}.", parents=[every])
    )
    passwd = commands.add_parser("passwd", help=PASSWD, description=f"{PASSWD.capitalize()}. {PASSWD_MORE}")
    passwd_arguments(passwd)
    return parser


def _options_of_every_command() -> argparse.ArgumentParser:
    options = argparse.ArgumentParser(add_help=False)
    options.add_argument(
        "--server",
        metavar="SERVER",
        default=None,
        help="HOST, HOST:PORT, [IPv6]:PORT, or a Twisted client endpoint such as unix:/run/socketspeak.sock "
        f"[default: ${SERVER_VARIABLE}, else {DEFAULT_SERVER}]",
    )
    options.add_argument(
        "--timeout",
        metavar="SECONDS",
        type=_seconds,
        default=DEFAULT_SECONDS,
        help=f"for all of it, from {LEAST_SECONDS:g} to {MOST_SECONDS:g} [default: {DEFAULT_SECONDS:g}]",
    )
    options.add_argument(
        "--language",
        metavar="TAG",
        help="of the server's messages and its places' names: en, pt-BR, es [default: English]",
    )
    options.add_argument("--json", action="store_true", help="one JSON document a line, for scripts")
    _options_of_trust(options.add_argument_group("encryption and login"))
    return options


def _options_of_trust(options: argparse._ArgumentGroup) -> None:
    options.add_argument("--tls", action="store_true", help="encrypt, and verify who the server is")
    options.add_argument(
        "--starttls", action="store_true", help="the same, with a server that begins in clear"
    )
    options.add_argument(
        "--ca", metavar="FILE", help="PEM file of who vouches for the server [default: the system's store]"
    )
    options.add_argument(
        "--tls-name",
        metavar="NAME",
        help="the name or IP address that the certificate must have [default: the HOST of --server]",
    )
    options.add_argument("--user", metavar="NAME", help="log in; on a terminal the password is asked for")
    options.add_argument(
        "--password-file",
        metavar="FILE",
        help="whose first line is the password, and which nobody else can read "
        f"[default: ${PASSWORD_VARIABLE}]",
    )
    options.add_argument("--password", nargs="?", action=_Password, help=argparse.SUPPRESS)


class _Password(argparse.Action):
    """Refuses a password, without repeating it; else --password would be short for --password-file."""

    def __call__(self, parser: argparse.ArgumentParser, *_values: object) -> None:
        parser.error(
            "--password is not allowed: everybody on this machine would see it; there are --password-file, "
            f"${PASSWORD_VARIABLE}, and a terminal to type it at"
        )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not LEAST_SECONDS <= seconds <= MOST_SECONDS:
        allowed = f"a number of seconds from {LEAST_SECONDS:g} to {MOST_SECONDS:g}"
        raise argparse.ArgumentTypeError(f"{text!r} is not allowed: {allowed}")
    return seconds


def server_of(chosen: argparse.Namespace) -> tuple[str, str]:
    """The server that was chosen, and what chose it, as an error names it."""
    if chosen.server is not None:
        return chosen.server, "--server"
    return os.environ.get(SERVER_VARIABLE) or DEFAULT_SERVER, SERVER_VARIABLE
