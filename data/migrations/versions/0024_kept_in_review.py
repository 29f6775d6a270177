"""a child in review was in the programme; a child that left may stay out

Revision: 0024, after 0023"""

import sqlalchemy as sa
from alembic import op


revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

BEFORE = ("continue", "refer", "graduate", "keep", "readmit")


def decisions(*values: str) -> sa.Enum:
    return sa.Enum(*values, name="decision", native_enum=False, create_constraint=True, length=40)


def upgrade() -> None:
    # Added in place: a copied table could not replace one that others point at.
    off = sa.false()
    op.add_column(
        "child", sa.Column("was_in_programme", sa.Boolean(), server_default=off, nullable=False)
    )
    _allow(BEFORE, (*BEFORE, "stay_out"))


def downgrade() -> None:
    op.execute("UPDATE growthreview SET decision = 'continue' WHERE decision = 'stay_out'")
    _allow((*BEFORE, "stay_out"), BEFORE)
    op.drop_column("child", "was_in_programme")


def _allow(before: tuple[str, ...], after: tuple[str, ...]) -> None:
    with op.batch_alter_table("growthreview") as table:
        table.alter_column(
            "decision",
            existing_type=decisions(*before),
            type_=decisions(*after),
            existing_nullable=False,
        )
