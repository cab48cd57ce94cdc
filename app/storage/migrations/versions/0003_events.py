"""Events of the analytics backends."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_SERIAL = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
_LISTED = sa.text("group_key IS NULL")


def upgrade() -> None:
    op.create_table(
        "event_subject",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("source", sa.String(64), nullable=False),
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("district", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(64), nullable=False),
        sa.Column("rule", sa.String(200), nullable=False),
        sa.Column("labels", sa.String(200), nullable=False),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("row_count", sa.Integer(), nullable=False),
        sa.Column("newest_us", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event_subject"),
        sa.UniqueConstraint(
            "camera",
            "kind",
            "rule",
            "labels",
            "severity",
            "source",
            "site",
            "district",
            name="uq_event_subject",
        ),
    )
    op.create_table(
        "event",
        sa.Column("id", _SERIAL, nullable=False),
        sa.Column("event_key", sa.LargeBinary(16), nullable=False),
        sa.Column("group_key", sa.LargeBinary(16), nullable=True),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("newest_us", sa.BigInteger(), nullable=False),
        sa.Column("event_id", sa.String(200), nullable=False),
        sa.Column("label", sa.String(64), nullable=True),
        sa.Column("severity", sa.SmallInteger(), nullable=False),
        sa.Column("phase", sa.SmallInteger(), nullable=False),
        sa.Column("time_us", sa.BigInteger(), nullable=False),
        sa.Column("end_us", sa.BigInteger(), nullable=True),
        sa.Column("clock", sa.SmallInteger(), nullable=False),
        sa.Column("received_us", sa.BigInteger(), nullable=False),
        sa.Column("lag_ms", sa.BigInteger(), nullable=False),
        sa.Column("confidence", sa.Double(), nullable=True),
        sa.Column("track_id", sa.String(200), nullable=True),
        sa.Column("snapshot_ref", sa.String(2048), nullable=True),
        sa.Column("clip_ref", sa.String(2048), nullable=True),
        sa.Column("raw_topic", sa.String(2048), nullable=False),
        sa.Column("details", sa.Text(), nullable=True),
        sa.Column("workstation", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_event"),
        sa.UniqueConstraint("event_key", name="uq_event_event_key"),
    )
    for name, columns in (
        ("ix_event_list", ["received_us", "subject_id"]),
        ("ix_event_subject_list", ["subject_id", "received_us"]),
    ):
        op.create_index(name, "event", columns, sqlite_where=_LISTED, postgresql_where=_LISTED)


def downgrade() -> None:
    raise NotImplementedError("Going back is restoring the copy in the folder backups")
