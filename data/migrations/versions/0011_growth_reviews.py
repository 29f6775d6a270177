"""what people decided about a child's growth

Revision: 0011, after 0010"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "growthreview",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("month", text(length=7), nullable=False),
        sa.Column("reviewed_on", sa.Date(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "continue", "refer", "graduate", "keep", "readmit",
                name="decision", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("note", text(length=500), nullable=False),
        sa.Column("months_served", sa.Integer(), nullable=False),
        sa.Column("haz", sa.Float(), nullable=True),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("undone_by", text(length=80), nullable=True),
        sa.Column("undone_at", UTCDateTime(), nullable=True),
        sa.Column("undo_reason", text(length=500), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_growthreview_child_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_growthreview")),
    )
    with op.batch_alter_table("growthreview", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_growthreview_child_id"), ["child_id"])


def downgrade() -> None:
    op.drop_table("growthreview")
