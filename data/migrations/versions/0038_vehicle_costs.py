"""how fast a vehicle of one's own is and what it costs

Revision: 0038, after 0037"""

import sqlalchemy as sa
from alembic import op


revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

NAMES = ("speed_m_per_h", "cost_rp_per_km", "cost_rp_per_hour", "cost_rp_per_day")


def upgrade() -> None:
    for name in NAMES:
        op.add_column("vehicle", sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    for name in reversed(NAMES):
        op.drop_column("vehicle", name)
