"""Benchmarks: made-up data that anyone can make again, the peers, and the comparison."""
