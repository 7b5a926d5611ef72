"""Where zone rules and time samples come from: the world-time APIs, and what is remembered of them."""
