"""Fakes that are implementations: sources that answer over HTTP, peers in memory, a small world."""
