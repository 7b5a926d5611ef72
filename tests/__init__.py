"""The specification of SocketSpeak, as sentences that run; the folders mirror the rooms."""
