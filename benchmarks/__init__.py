"""What the project's performance figures are measured with: `python -m benchmarks`."""
