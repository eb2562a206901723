"""A query in, ranked clauses and a decision out."""
