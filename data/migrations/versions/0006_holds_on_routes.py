"""routes whose order is fixed, stops that stay with or away from a vehicle

Revision: 0006, after 0005"""

import sqlalchemy as sa
from alembic import op


revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place: a copied table could not replace one that stops and routes point at.
    off = sa.false()
    op.add_column("route", sa.Column("is_locked", sa.Boolean(), server_default=off, nullable=False))
    op.add_column("stop", sa.Column("is_pinned", sa.Boolean(), server_default=off, nullable=False))
    op.add_column("stop", sa.Column("banned_vehicle_ids", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("stop", "banned_vehicle_ids")
    op.drop_column("stop", "is_pinned")
    op.drop_column("route", "is_locked")
