"""By how much the boxes of a camera were set right by hand."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "overlay_setting",
        sa.Column("camera", sa.String(64), nullable=False),
        sa.Column("offset_ms", sa.Integer(), nullable=False),
        sa.Column("updated_us", sa.BigInteger(), nullable=False),
        sa.Column("workstation", sa.String(200), nullable=False),
        sa.PrimaryKeyConstraint("camera", name="pk_overlay_setting"),
    )


def downgrade() -> None:
    raise NotImplementedError("Going back is restoring the copy in the folder backups")
