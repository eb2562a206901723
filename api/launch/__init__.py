"""From a fresh checkout to a running product: environments, preparation, processes."""
