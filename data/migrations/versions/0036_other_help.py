"""which children other programmes help

Revision: 0036, after 0035"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "otherhelp",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "programme",
            sa.Enum(
                "mbg", "pmt", "pkh",
                name="programme", native_enum=False, create_constraint=True, length=40,
            ),
            nullable=False,
        ),
        sa.Column("month", text(length=7), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("source", text(length=200), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_otherhelp_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_otherhelp")),
        sa.UniqueConstraint(
            "programme", "month", "child_id", name=op.f("uq_otherhelp_programme_month_child_id")
        ),
    )
    with op.batch_alter_table("otherhelp", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_otherhelp_child_id"), ["child_id"])
        batch_op.create_index(batch_op.f("ix_otherhelp_month"), ["month"])


def downgrade() -> None:
    op.drop_table("otherhelp")
