"""The protocol's language: requests, replies, both renderings, and the two ends as pure machines."""
