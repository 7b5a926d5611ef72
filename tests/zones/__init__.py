"""Tests of the zones' room."""
