"""The policy: search, clauses, outline and differences between versions."""
