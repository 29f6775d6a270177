"""figures that others published, and dated targets

Revision: 0014, after 0013"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString

    def one_of(name: str, *values: str) -> sa.Enum:
        return sa.Enum(*values, name=name, native_enum=False, create_constraint=True, length=40)

    op.create_table(
        "publishedfigure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", one_of("kind", "survey", "register", "target"), nullable=False),
        sa.Column("area", text(length=80), nullable=False),
        sa.Column("dated_on", sa.Date(), nullable=False),
        sa.Column("value", sa.Float(), nullable=False),
        sa.Column("unit", one_of("unit", "percent", "children"), nullable=False),
        sa.Column("name", text(length=200), nullable=False),
        sa.Column("source", text(length=300), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("withdrawn_by", text(length=80), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("withdrawal_reason", text(length=300), nullable=False),
        sa.CheckConstraint("value >= 0", name=op.f("ck_publishedfigure_value_nonnegative")),
        sa.CheckConstraint(
            "unit <> 'percent' or value <= 100", name=op.f("ck_publishedfigure_percent_within")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_publishedfigure")),
    )


def downgrade() -> None:
    op.drop_table("publishedfigure")
