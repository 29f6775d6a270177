"""measurements of a child are found by child and day: of two indexes PostgreSQL took the slower

Revision: 0046, after 0045"""

from alembic import op


revision = "0046"
down_revision = "0045"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_measurement_child_id", "measurement")


def downgrade() -> None:
    op.create_index("ix_measurement_child_id", "measurement", ["child_id"])
