"""The programs that measure: that they work, and that they see what is wrong. No speed is asserted."""
