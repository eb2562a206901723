"""Data subject requests, their events, their derived state and idempotency keys.

Revision ID: 0002
Revises: 0001
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from api.db import UtcDateTime

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_requests()
    _create_events()
    op.create_table(
        "request_states",
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("status", sa.String(30), nullable=False),
        sa.Column("closed", sa.Boolean(), nullable=False),
        sa.Column("due_at", UtcDateTime(), nullable=False),
        sa.Column("provisional", sa.Boolean(), nullable=False),
        sa.Column("paused_since", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_request_states_request_id_requests"
        ),
        sa.PrimaryKeyConstraint("request_id", name="pk_request_states"),
    )
    op.create_index("ix_request_states_status", "request_states", ["status"])
    op.create_index(
        "ix_request_states_closed_due_at_request_id", "request_states", ["closed", "due_at", "request_id"]
    )
    op.create_table(
        "idempotency_keys",
        sa.Column("scope", sa.String(20), nullable=False),
        sa.Column("key_index", sa.String(64), nullable=False),
        sa.Column("fingerprint", sa.String(64), nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("created_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_idempotency_keys_request_id_requests"
        ),
        sa.PrimaryKeyConstraint("scope", "key_index", name="pk_idempotency_keys"),
    )
    op.create_index("ix_idempotency_keys_request_id", "idempotency_keys", ["request_id"])


def downgrade() -> None:
    for table in ("idempotency_keys", "request_states", "event_chains", "request_events", "requests"):
        op.drop_table(table)


def _create_requests() -> None:
    op.create_table(
        "requests",
        sa.Column("id", sa.String(36), nullable=False),
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("reference", sa.String(13), nullable=False),
        sa.Column("type", sa.String(40), nullable=False),
        sa.Column("lang", sa.String(2), nullable=False),
        sa.Column("ground", sa.String(40), nullable=True),
        sa.Column("guardian_for_child", sa.Boolean(), nullable=False),
        sa.Column("contact_kind", sa.String(5), nullable=False),
        sa.Column("contact_sealed", sa.Text(), nullable=False),
        sa.Column("contact_index", sa.String(64), nullable=False),
        sa.Column("scope_sealed", sa.Text(), nullable=True),
        sa.Column("session_id", sa.String(64), nullable=True),
        sa.Column("received_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_requests"),
        sa.UniqueConstraint("reference", name="uq_requests_reference"),
    )
    op.create_index("ix_requests_contact_index_type", "requests", ["contact_index", "type"])
    op.create_index("ix_requests_session_id", "requests", ["session_id"])


def _create_events() -> None:
    op.create_table(
        "request_events",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("seq", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("request_id", sa.String(36), nullable=False),
        sa.Column("kind", sa.String(40), nullable=False),
        sa.Column("at", UtcDateTime(), nullable=False),
        sa.Column("actor_kind", sa.String(20), nullable=False),
        sa.Column("actor", sa.String(64), nullable=True),
        sa.Column("origin", sa.String(20), nullable=False),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("prev_hash", sa.String(64), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.ForeignKeyConstraint(
            ["request_id"], ["requests.id"], name="fk_request_events_request_id_requests"
        ),
        sa.PrimaryKeyConstraint("tenant", "seq", name="pk_request_events"),
    )
    op.create_index("ix_request_events_request_id", "request_events", ["request_id"])
    op.create_table(
        "event_chains",
        sa.Column("tenant", sa.String(40), nullable=False),
        sa.Column("head_seq", sa.Integer(), nullable=False),
        sa.Column("head_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("tenant", name="pk_event_chains"),
    )
