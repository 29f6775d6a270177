"""hours in between at which nobody receives, and whose packages go first

Revision: 0041, after 0040"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0041"
down_revision = "0040"
branch_labels = None
depends_on = None

HOURS = (
    ("household", "away_from"),
    ("household", "away_until"),
    ("droppoint", "pause_from"),
    ("droppoint", "pause_until"),
)


def upgrade() -> None:
    # Added in place: a copied table could not replace one that others point at.
    text = sqlmodel.sql.sqltypes.AutoString
    for table, name in HOURS:
        op.add_column(table, sa.Column(name, text(length=5), nullable=True))
    op.add_column("household", sa.Column("delivery_priority", sa.Integer(), nullable=True))


def downgrade() -> None:
    op.drop_column("household", "delivery_priority")
    for table, name in reversed(HOURS):
        op.drop_column(table, name)
