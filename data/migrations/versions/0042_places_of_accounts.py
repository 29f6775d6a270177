"""the place that an account is bound to, and who works for a posyandu

Revision: 0042, after 0041"""

import sqlalchemy as sa
import sqlmodel
from alembic import op


revision = "0042"
down_revision = "0041"
branch_labels = None
depends_on = None

BEFORE = ("staff", "approver", "coordinator", "courier", "donor", "auditor", "admin")
ROLE = "ck_account_role"
KADER = "ck_account_kader_has_posyandu"
OFFICE = "ck_account_role_without_place"
KADER_HAS = "role <> 'kader' or (area_code is not null and cast(posyandu as text) <> '[]')"
WITHOUT = (
    "role not in ('courier', 'donor', 'admin') or (area_code is null"
    " and puskesmas is null and cast(posyandu as text) = '[]')"
)


def _roles(names: tuple[str, ...]) -> str:
    return f"role IN ({', '.join(repr(name) for name in names)})"


def upgrade() -> None:
    # Nobody but who reads monitoring could be given an area in a form; a program could.
    op.execute("UPDATE account SET area_code = NULL WHERE role IN ('courier', 'donor', 'admin')")
    text = sqlmodel.sql.sqltypes.AutoString
    with op.batch_alter_table("account", recreate="auto") as table:
        table.add_column(sa.Column("posyandu", sa.JSON(), server_default="[]", nullable=False))
        table.add_column(sa.Column("puskesmas", text(length=120), nullable=True))
        table.drop_constraint(op.f(ROLE), type_="check")
        table.create_check_constraint(op.f(ROLE), _roles((*BEFORE, "kader")))
        table.create_check_constraint(op.f(KADER), KADER_HAS)
        table.create_check_constraint(op.f(OFFICE), WITHOUT)


def downgrade() -> None:
    # Before this version nothing was bound: whoever was would see the whole city.
    op.execute(
        "UPDATE account SET is_active = false WHERE area_code IS NOT NULL"
        " OR puskesmas IS NOT NULL OR cast(posyandu as text) <> '[]'"
    )
    with op.batch_alter_table("account") as table:
        table.drop_constraint(op.f(OFFICE), type_="check")
        table.drop_constraint(op.f(KADER), type_="check")
    # A kader has no role to fall back to; what hangs on the account keeps its name.
    op.execute("UPDATE account SET role = 'courier', area_code = NULL WHERE role = 'kader'")
    with op.batch_alter_table("account") as table:
        table.drop_constraint(op.f(ROLE), type_="check")
        table.create_check_constraint(op.f(ROLE), _roles(BEFORE))
        table.drop_column("puskesmas")
        table.drop_column("posyandu")
