"""Tells twistd that there is a `socketspeak` to run."""

from twisted.application.service import ServiceMaker

socketspeak = ServiceMaker("SocketSpeak", "socketspeak.app.service", "world time on a socket", "socketspeak")
