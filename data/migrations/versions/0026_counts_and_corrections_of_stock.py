"""when stock was last counted, and which correction of a closed month moved it

Revision: 0026, after 0025"""

import sqlalchemy as sa
from alembic import op

from data.schema.base import UTCDateTime


revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

LAST_COUNT = """
UPDATE stockitem SET counted_at = (
    SELECT max(at) FROM stockmove
    WHERE stockmove.depot_id = stockitem.depot_id
    AND stockmove.item_code = stockitem.item_code
    AND stockmove.kind IN ('opening', 'correct')
)
"""
"""Counts that agreed with the books left no move: until the next one they are not known."""


def upgrade() -> None:
    op.add_column("stockitem", sa.Column("counted_at", UTCDateTime(), nullable=True))
    op.execute(LAST_COUNT)
    with op.batch_alter_table("stockmove") as table:
        table.add_column(sa.Column("amendment_id", sa.Integer(), nullable=True))
        table.create_foreign_key(
            op.f("fk_stockmove_amendment_id"), "amendment", ["amendment_id"], ["id"]
        )
        table.create_index(op.f("ix_stockmove_amendment_id"), ["amendment_id"])


def downgrade() -> None:
    with op.batch_alter_table("stockmove") as table:
        table.drop_index(op.f("ix_stockmove_amendment_id"))
        table.drop_constraint(op.f("fk_stockmove_amendment_id"), type_="foreignkey")
        table.drop_column("amendment_id")
    op.drop_column("stockitem", "counted_at")
