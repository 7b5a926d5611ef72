"""Octets that nobody would think of: targets, their seeds, and a fuzzer that is guided by coverage."""
