"""What scripts/bench, scripts/stress-test and scripts/throughput-suite share."""
