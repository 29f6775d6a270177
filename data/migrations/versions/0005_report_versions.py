"""figures of closed months as they were reported

Revision: 0005, after 0004"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "reportversion",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("figures", sa.JSON(), nullable=False),
        sa.Column("digest", text(length=64), nullable=False),
        sa.Column("reason", text(length=500), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("number > 0", name=op.f("ck_reportversion_number_positive")),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_reportversion_cycle_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reportversion")),
        sa.UniqueConstraint("cycle_id", "number", name=op.f("uq_reportversion_cycle_id_number")),
    )
    op.create_index(op.f("ix_reportversion_cycle_id"), "reportversion", ["cycle_id"])


def downgrade() -> None:
    op.drop_index(op.f("ix_reportversion_cycle_id"), table_name="reportversion")
    op.drop_table("reportversion")
