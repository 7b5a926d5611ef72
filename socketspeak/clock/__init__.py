"""What the time is, and how sure: intervals, and the discipline that keeps them."""
