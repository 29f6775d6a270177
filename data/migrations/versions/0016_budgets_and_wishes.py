"""what sponsors wish, and what a locked month counts in rupiah and on the road

Revision: 0016, after 0015"""

import sqlalchemy as sa
from alembic import op


revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for table in ("pledge", "cyclepledge"):
        op.add_column(
            table, sa.Column("wish_area_codes", sa.JSON(), server_default="[]", nullable=False)
        )
    op.add_column("cyclepledge", sa.Column("budget_rp", sa.Integer(), nullable=True))
    op.add_column("cyclepledge", sa.Column("num_promised", sa.Integer(), nullable=True))
    op.add_column("cyclechild", sa.Column("package_price_rp", sa.Integer(), nullable=True))
    op.add_column("cycle", sa.Column("delivery_hm", sa.JSON(), nullable=True))


def downgrade() -> None:
    op.drop_column("cycle", "delivery_hm")
    op.drop_column("cyclechild", "package_price_rp")
    for name in ("num_promised", "budget_rp"):
        op.drop_column("cyclepledge", name)
    for table in ("cyclepledge", "pledge"):
        op.drop_column(table, "wish_area_codes")
