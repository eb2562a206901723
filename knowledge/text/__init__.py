"""From the bytes of a policy to its clauses, their notes, and what changed between versions."""
