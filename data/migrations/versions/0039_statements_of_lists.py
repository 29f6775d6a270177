"""which file says that another programme helps a child

Revision: 0039, after 0038"""

import sqlalchemy as sa
from alembic import op


revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

OF_CHILD = ("programme", "month", "child_id")


def upgrade() -> None:
    with op.batch_alter_table("otherhelp", schema=None) as batch_op:
        batch_op.add_column(sa.Column("batch_id", sa.Integer(), nullable=True))
        batch_op.create_index(batch_op.f("ix_otherhelp_batch_id"), ["batch_id"])
        batch_op.create_foreign_key(
            batch_op.f("fk_otherhelp_batch_id"), "importbatch", ["batch_id"], ["id"]
        )
        batch_op.drop_constraint(batch_op.f("uq_otherhelp_programme_month_child_id"), "unique")
        batch_op.create_unique_constraint(
            batch_op.f("uq_otherhelp_programme_month_child_id_batch_id"), [*OF_CHILD, "batch_id"]
        )


def downgrade() -> None:
    op.execute(  # what several lists say stands once, as the first of them said it
        "DELETE FROM otherhelp WHERE id NOT IN "
        "(SELECT MIN(id) FROM otherhelp GROUP BY programme, month, child_id)"
    )
    with op.batch_alter_table("otherhelp", schema=None) as batch_op:
        batch_op.drop_constraint(
            batch_op.f("uq_otherhelp_programme_month_child_id_batch_id"), "unique"
        )
        batch_op.create_unique_constraint(
            batch_op.f("uq_otherhelp_programme_month_child_id"), list(OF_CHILD)
        )
        batch_op.drop_constraint(batch_op.f("fk_otherhelp_batch_id"), "foreignkey")
        batch_op.drop_index(batch_op.f("ix_otherhelp_batch_id"))
        batch_op.drop_column("batch_id")
