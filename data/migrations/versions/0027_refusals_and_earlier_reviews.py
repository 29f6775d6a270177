"""a guardian's no is kept; children put to review before 0024 were in the programme

Revision: 0027, after 0026"""

import sqlalchemy as sa
from alembic import op


revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

WAS_IN = """
UPDATE child SET was_in_programme = true
WHERE state = 'needs_review' AND NOT was_in_programme AND (
    EXISTS (SELECT 1 FROM cyclechild WHERE cyclechild.child_id = child.id AND cyclechild.is_eligible)
    OR EXISTS (
        SELECT 1 FROM measurement
        WHERE measurement.child_id = child.id AND measurement.haz >= -6 AND measurement.haz < -2
    )
)
"""
"""0024 began to note it when a child comes to review and said no for those who were there already:
looked at, measured at -2 or more, they would have lost their packages. A month that took them in or
a height that lets a child in says that they were; where it says too much, a child comes last in need
(ADR 0016)."""


def upgrade() -> None:
    op.add_column(
        "consent", sa.Column("is_refusal", sa.Boolean(), server_default=sa.false(), nullable=False)
    )
    op.execute(WAS_IN)


def downgrade() -> None:
    op.execute("DELETE FROM consent WHERE is_refusal")
    op.drop_column("consent", "is_refusal")
