"""From texts to vectors: the encoders, how the default one is made, and a memory for vectors."""
