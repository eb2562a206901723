"""What is searched: passages, sentences and views of clauses, in vector and word indexes."""
