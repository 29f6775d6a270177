"""pairs of a child are found by their months alone: of two indexes PostgreSQL took the slower

Revision: 0045, after 0044"""

from alembic import op


revision = "0045"
down_revision = "0044"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.drop_index("ix_assignment_child_id", "assignment")


def downgrade() -> None:
    op.create_index("ix_assignment_child_id", "assignment", ["child_id"])
