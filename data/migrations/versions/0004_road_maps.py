"""road maps and closed roads

Revision: 0004, after 0003"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "roadmap",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("name", text(length=120), nullable=False),
        sa.Column("source", text(length=120), nullable=False),
        sa.Column("as_of", text(length=10), nullable=False),
        sa.Column("num_junctions", sa.Integer(), nullable=False),
        sa.Column("num_arcs", sa.Integer(), nullable=False),
        sa.Column("length_m", sa.Integer(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadmap")),
        sa.UniqueConstraint("digest", name=op.f("uq_roadmap_digest")),
    )
    op.create_table(
        "roadclosure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("street", text(length=200), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("from_day", sa.Date(), nullable=False),
        sa.Column("to_day", sa.Date(), nullable=True),
        sa.Column("reason", text(length=300), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("lifted_by", text(length=80), nullable=True),
        sa.Column("lifted_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint(
            "to_day is null or to_day >= from_day", name=op.f("ck_roadclosure_days_in_order")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_roadclosure")),
    )


def downgrade() -> None:
    op.drop_table("roadclosure")
    op.drop_table("roadmap")
