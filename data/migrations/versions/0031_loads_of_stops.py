"""which packages left for a stop, wherever they go next

Revision: 0031, after 0030"""

import sqlalchemy as sa
from alembic import op


revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None

LOADED = """
SELECT stop.id, package.id FROM stop JOIN route ON route.id = stop.route_id
JOIN package ON package.stop_id = stop.id WHERE route.dispatched_at IS NOT NULL
UNION SELECT stop.id, deliveryevent.package_id FROM stop JOIN route ON route.id = stop.route_id
JOIN deliveryevent ON deliveryevent.stop_id = stop.id WHERE route.dispatched_at IS NOT NULL
"""
"""Who stands at a stop of a route that left, or was reported there, left for it."""


def upgrade() -> None:
    op.add_column("stop", sa.Column("loaded_package_ids", sa.JSON(), nullable=True))
    loads: dict[int, list[int]] = {}
    for stop_id, package_id in sorted(op.get_bind().execute(sa.text(LOADED)).all()):
        loads.setdefault(stop_id, []).append(package_id)
    stop = sa.table(
        "stop", sa.column("id", sa.Integer), sa.column("loaded_package_ids", sa.JSON)
    )
    for stop_id, package_ids in loads.items():
        op.execute(stop.update().where(stop.c.id == stop_id).values(loaded_package_ids=package_ids))


def downgrade() -> None:
    op.drop_column("stop", "loaded_package_ids")
