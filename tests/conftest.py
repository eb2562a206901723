"""The running product, started once for every test that needs it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.running import Product


@pytest.fixture(scope="session")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    """The real thing: api, Rasa and actions with the real encoder, index and dialogue model."""
    # The browser tests log in and file more often than one address may.
    running = Product(tmp_path_factory.mktemp("product"), {"CLAUSEDESK_RATE_LIMITS": "off"})
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def product_url(product: Product) -> str:
    return product.url


@pytest.fixture(scope="session")
def desk_setup_token(product: Product) -> str:
    return product.setup_token()
