"""The line port: a thin Twisted shell around the conversation."""
