"""Makes the table of places that ships in `socketspeak/zones/data`; `python -m tools.places` runs it."""
