"""Text in, cited clauses out: a bilingual policy and the search over it. No web, database or Rasa."""
