"""pairs and answers of each child are found without reading all of them

Revision: 0025, after 0024"""

from alembic import op


revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_assignment_months_of_child", "assignment", ["child_id", "cycle_id", "state"]
    )
    op.create_index("ix_consumptioncheck_answers_of_child", "consumptioncheck", ["child_id", "eaten"])


def downgrade() -> None:
    op.drop_index("ix_consumptioncheck_answers_of_child", "consumptioncheck")
    op.drop_index("ix_assignment_months_of_child", "assignment")
