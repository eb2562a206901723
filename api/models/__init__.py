"""Every table, one a file; importing this package registers them all."""

from __future__ import annotations
