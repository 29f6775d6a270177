"""who drove a route when it left

Revision: 0009, after 0008"""

import sqlalchemy as sa
from alembic import op


revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Added in place, so without a foreign key: a copied table could not replace one that stops
    # point at.
    op.add_column("route", sa.Column("courier_account_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE route SET courier_account_id = (SELECT vehicle.courier_account_id FROM vehicle "
        "WHERE vehicle.id = route.vehicle_id) WHERE dispatched_at IS NOT NULL"
    )


def downgrade() -> None:
    op.drop_column("route", "courier_account_id")
