"""Figures, not tests: `python -m tests.benchmarks` prints what they measure, side by side with a yardstick in the same run."""
