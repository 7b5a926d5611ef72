"""SocketSpeak: world time on a socket."""

__version__ = "0.1.0"
