"""One script per screen: asks, draws, nothing else."""
