"""Districts, sites and cameras."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "district",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_district"),
        sa.UniqueConstraint("number", name="uq_district_number"),
    )
    op.create_table(
        "site",
        sa.Column("district", sa.String(64), nullable=False),
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("district", "code", name="pk_site"),
        sa.ForeignKeyConstraint(["district"], ["district.code"], name="fk_site_district"),
        sa.UniqueConstraint("district", "number", name="uq_site_district_number"),
    )
    op.create_table(
        "camera",
        sa.Column("code", sa.String(64), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("district", sa.String(64), nullable=False),
        sa.Column("site", sa.String(64), nullable=False),
        sa.Column("main_url", sa.String(2048), nullable=False),
        sa.Column("sub_url", sa.String(2048), nullable=True),
        sa.Column("latitude", sa.Double(), nullable=True),
        sa.Column("longitude", sa.Double(), nullable=True),
        sa.Column("credential", sa.String(200), nullable=True),
        sa.Column("analytics_id", sa.String(200), nullable=True),
        sa.Column("attributes", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("code", name="pk_camera"),
        sa.ForeignKeyConstraint(
            ["district", "site"], ["site.district", "site.code"], name="fk_camera_site"
        ),
        sa.UniqueConstraint("district", "site", "number", name="uq_camera_district_site_number"),
    )


def downgrade() -> None:
    raise NotImplementedError("Going back is restoring the copy in the folder backups")
