"""households that must not share a courier

Revision: 0018, after 0017"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "courierpair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", text(length=32), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("ended_by", text(length=80), nullable=True),
        sa.Column("ended_at", UTCDateTime(), nullable=True),
        sa.CheckConstraint("household_id < other_id", name=op.f("ck_courierpair_in_order")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_courierpair_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["other_id"], ["household.id"], name=op.f("fk_courierpair_other_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_courierpair")),
        sa.UniqueConstraint("uid", name=op.f("uq_courierpair_uid")),
    )
    for column in ("household_id", "other_id"):
        op.create_index(op.f(f"ix_courierpair_{column}"), "courierpair", [column])


def downgrade() -> None:
    for column in ("other_id", "household_id"):
        op.drop_index(op.f(f"ix_courierpair_{column}"), table_name="courierpair")
    op.drop_table("courierpair")
