"""rows of imports stand sealed

Rows of files stood as plain JSON. The keys are not at hand here, so they cannot be sealed: open
previews are put away (upload the file again) and earlier files can no longer be taken back.

Revision: 0003, after 0002"""

import sqlalchemy as sa
from alembic import op


revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

PLAIN = ("changes", "issues", "undo")


def upgrade() -> None:
    op.execute(
        "UPDATE importbatch SET state = 'discarded', content = NULL WHERE state = 'previewed'"
    )
    with op.batch_alter_table("importbatch", schema=None) as batch_op:
        for name in PLAIN:
            batch_op.drop_column(name)
        batch_op.add_column(sa.Column("details_sealed", sa.LargeBinary(), nullable=True))
        batch_op.add_column(sa.Column("undo_sealed", sa.LargeBinary(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("importbatch", schema=None) as batch_op:
        batch_op.drop_column("undo_sealed")
        batch_op.drop_column("details_sealed")
        for name in PLAIN:
            batch_op.add_column(sa.Column(name, sa.JSON(), server_default="[]", nullable=False))
    with op.batch_alter_table("importbatch", schema=None) as batch_op:
        for name in PLAIN:
            batch_op.alter_column(name, existing_type=sa.JSON(), server_default=None)
