"""who heads the office, and signs its letters

Revision: 0034, after 0033"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "officehead",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", text(length=120), nullable=False),
        sa.Column("office_number", text(length=18), nullable=False),
        sa.Column("is_acting", sa.Boolean(), nullable=False),
        sa.Column("effective_from", sa.Date(), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_officehead")),
    )
    op.create_index(op.f("ix_officehead_effective_from"), "officehead", ["effective_from"])


def downgrade() -> None:
    op.drop_index(op.f("ix_officehead_effective_from"), table_name="officehead")
    op.drop_table("officehead")
