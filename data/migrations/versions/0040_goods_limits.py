"""how long goods may wait and how long they bear the heat, as a city says

Revision: 0040, after 0039"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0040"
down_revision = "0039"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "goodslimit",
        sa.Column("item_code", text(length=30), nullable=False),
        sa.Column("max_days_before_delivery", sa.Integer(), nullable=False),
        sa.Column("max_heat_minutes", sa.Integer(), nullable=True),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "max_days_before_delivery >= 0", name=op.f("ck_goodslimit_days_nonnegative")
        ),
        sa.CheckConstraint(
            "max_heat_minutes is null or max_heat_minutes > 0",
            name=op.f("ck_goodslimit_heat_positive"),
        ),
        sa.PrimaryKeyConstraint("item_code", name=op.f("pk_goodslimit")),
    )


def downgrade() -> None:
    op.drop_table("goodslimit")
