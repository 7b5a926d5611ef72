"""Where SocketSpeak meets its operator: options, the daemon's composition, the command line."""
