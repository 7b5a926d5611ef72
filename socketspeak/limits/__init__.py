"""Who is let in, how many, how fast: pure counting, no clock of its own."""
