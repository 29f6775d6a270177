"""rupiah in eight bytes: four hold no company's pledge and no country's plan

SQLite keeps whole numbers in as many bytes as they need, so nothing changes there.

Revision: 0019, after 0018"""

import sqlalchemy as sa
from alembic import op


revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

RUPIAH = (
    ("cyclechild", "package_price_rp", True),
    ("cyclepledge", "budget_rp", True),
    ("cyclepledge", "leftover_rp", False),
    ("package", "cost_rp", False),
    ("planrun", "cost_rp", True),
    ("pledge", "amount_rp", False),
    ("pledgereceipt", "amount_rp", False),
)
"""Table, column, whether it may be empty."""


def _retype(old: sa.types.TypeEngine[int], new: sa.types.TypeEngine[int]) -> None:
    if op.get_bind().dialect.name == "sqlite":
        return
    for table, column, nullable in RUPIAH:
        op.alter_column(
            table, column, existing_type=old, type_=new, existing_nullable=nullable
        )


def upgrade() -> None:
    _retype(sa.Integer(), sa.BigInteger())


def downgrade() -> None:
    """Fails, and changes nothing, while a larger amount is stored."""
    _retype(sa.BigInteger(), sa.Integer())
