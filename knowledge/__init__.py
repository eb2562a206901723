"""Text in, cited clauses out: a bilingual policy, its clauses, and the search over them. No web, no database, no Rasa."""
