"""The request service of the requests' own tests."""

from __future__ import annotations

from tests.api.dsr.conftest import (  # noqa: F401 - fixtures
    clock,
    database,
    database_url,
    make_service,
    postgres,
    service,
    vault,
)
