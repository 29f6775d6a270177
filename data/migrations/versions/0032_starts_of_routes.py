"""where a route left from, wherever its depot is since, and to whom it was handed on the road

Revision: 0032, after 0031"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None

COPIED = ("name", "address", "lat", "lon")


def upgrade() -> None:
    text = sqlmodel.sql.sqltypes.AutoString
    op.add_column("route", sa.Column("depot_name", text(length=120), nullable=True))
    op.add_column("route", sa.Column("depot_address", text(length=300), nullable=True))
    op.add_column("route", sa.Column("depot_lat", sa.Float(), nullable=True))
    op.add_column("route", sa.Column("depot_lon", sa.Float(), nullable=True))
    op.add_column("route", sa.Column("handed_to_id", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE route SET handed_to_id = (SELECT vehicle.courier_account_id FROM vehicle "
        "WHERE vehicle.id = route.vehicle_id) WHERE state = 'dispatched'"
    )
    for name in COPIED:
        op.execute(
            f"UPDATE route SET depot_{name} = (SELECT depot.{name} FROM depot "  # noqa: S608
            "WHERE depot.id = route.depot_id) WHERE dispatched_at IS NOT NULL"
        )


def downgrade() -> None:
    op.drop_column("route", "handed_to_id")
    for name in reversed(COPIED):
        op.drop_column("route", f"depot_{name}")
