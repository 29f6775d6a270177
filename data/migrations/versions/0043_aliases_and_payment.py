"""what each sponsor knows a child by, and how sponsors pay

Revision: 0043, after 0042"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0043"
down_revision = "0042"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "donoralias",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("alias", text(length=24), nullable=False),
        sa.ForeignKeyConstraint(
            ["child_id"], ["child.id"], name=op.f("fk_donoralias_child_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_donoralias_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_donoralias")),
        sa.UniqueConstraint("alias", name=op.f("uq_donoralias_alias")),
        sa.UniqueConstraint("sponsor_id", "child_id", name=op.f("uq_donoralias_sponsor_id_child_id")),
    )
    op.create_index(op.f("ix_donoralias_child_id"), "donoralias", ["child_id"])
    op.create_table(
        "paymentguide",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("bank_name", text(length=80), nullable=False),
        sa.Column("account_number", text(length=40), nullable=False),
        sa.Column("account_holder", text(length=120), nullable=False),
        sa.Column("instructions", text(length=1000), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_paymentguide")),
    )


def downgrade() -> None:
    op.drop_table("paymentguide")
    op.drop_index(op.f("ix_donoralias_child_id"), table_name="donoralias")
    op.drop_table("donoralias")
