"""What a server says to the client's dialogue, in JSON, and a dialogue that has begun."""

from __future__ import annotations

from socketspeak.language.dialogue import ClientAct, Dialogue, Ready

SWITCHED = b'{"code":200,"message":"the format is JSON","format":"JSON"}'
PONG = b'{"code":200,"message":"PONG"}'
STOPPING = b'{"code":421,"message":"SocketSpeak is shutting down"}'
WATCHED = b'{"code":255,"watching":["Asia/Tokyo"],"every":1}'
UNWATCHED = b'{"code":255,"watching":[],"every":null}'
TICK, SKIPPING = b'{"code":150,"clocks":[]}', b'{"code":150,"clocks":[],"skipped":3,"clock":"disrupted"}'
CHALLENGE = b'{"code":334,"challenge":"c2FsdA=="}'
ADMITTED = b'{"code":235,"message":"hello","user":"alice"}'


def ready() -> Dialogue:
    """A dialogue that has been greeted and switched."""
    dialogue = Dialogue()
    assert hear(dialogue, b"220 hello", SWITCHED) == [Ready(("hello",))]
    return dialogue


def hear(dialogue: Dialogue, *lines: bytes) -> list[ClientAct]:
    """All that comes of these lines."""
    return [act for line in lines for act in dialogue.heard(line)]
