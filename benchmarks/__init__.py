"""Measures the portal against its own bare limits in the same run.

See docs/benchmarks.md. Run it with `make bench`.
"""
