"""What was learned, as it runs: ranker, neighbours, decision, and the adapter of cold policies."""
