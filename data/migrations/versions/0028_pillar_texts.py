"""what the office writes of the five pillars in a half year

Revision: 0028, after 0027"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.create_table(
        "pillartext",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("semester", text(length=6), nullable=False),
        sa.Column("pillar", sa.Integer(), nullable=False),
        sa.Column("text", text(length=2000), nullable=False),
        sa.Column("by", text(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "pillar BETWEEN 1 AND 5", name=op.f("ck_pillartext_pillar_known")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pillartext")),
    )
    with op.batch_alter_table("pillartext", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pillartext_semester"), ["semester"])


def downgrade() -> None:
    op.drop_table("pillartext")
