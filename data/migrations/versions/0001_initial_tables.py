"""initial tables

Revision: 0001, the first"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

from data.schema.base import UTCDateTime


revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


SQLITE_GUARDS = (
    "CREATE TRIGGER auditentry_no_update BEFORE UPDATE ON auditentry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
    "CREATE TRIGGER auditentry_no_delete BEFORE DELETE ON auditentry "
    "BEGIN SELECT RAISE(ABORT, 'audit entries are append-only'); END",
)
POSTGRESQL_GUARDS = (
    "CREATE FUNCTION auditentry_append_only() RETURNS trigger LANGUAGE plpgsql AS "
    "'BEGIN RAISE EXCEPTION ''audit entries are append-only''; END'",
    "CREATE TRIGGER auditentry_no_change BEFORE UPDATE OR DELETE ON auditentry "
    "FOR EACH ROW EXECUTE FUNCTION auditentry_append_only()",
    "CREATE TRIGGER auditentry_no_truncate BEFORE TRUNCATE ON auditentry "
    "FOR EACH STATEMENT EXECUTE FUNCTION auditentry_append_only()",
)


def guard_audit() -> None:
    """Let the store itself refuse to change audit entries."""
    guards = SQLITE_GUARDS if op.get_bind().dialect.name == "sqlite" else POSTGRESQL_GUARDS
    for guard in guards:
        op.execute(guard)


def upgrade() -> None:
    op.create_table(
        "attemptcount",
        sa.Column("key", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("window_ends_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_attemptcount")),
    )
    op.create_table(
        "auditentry",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("role", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("action", sqlmodel.sql.sqltypes.AutoString(length=60), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("before", sa.JSON(), nullable=True),
        sa.Column("after", sa.JSON(), nullable=True),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("previous_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_auditentry")),
        sa.UniqueConstraint("hash", name=op.f("uq_auditentry_hash")),
    )
    with op.batch_alter_table("auditentry", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_auditentry_action"), ["action"], unique=False)
        batch_op.create_index(batch_op.f("ix_auditentry_at"), ["at"], unique=False)
        batch_op.create_index(batch_op.f("ix_auditentry_by"), ["by"], unique=False)
        batch_op.create_index(batch_op.f("ix_auditentry_subject"), ["subject"], unique=False)
        batch_op.create_index(batch_op.f("ix_auditentry_subject_id"), ["subject_id"], unique=False)

    op.create_table(
        "audithead",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("num_entries", sa.Integer(), nullable=False),
        sa.Column("hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("seal", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audithead")),
    )
    op.create_table(
        "cycle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("city_code", sqlmodel.sql.sqltypes.AutoString(length=8), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "locked",
                "proposed",
                "in_approval",
                "approved",
                "packing",
                "distributing",
                "reconciling",
                "closed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("snapshot_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("match_run_id", sa.Integer(), nullable=True),
        sa.Column("plan_run_id", sa.Integer(), nullable=True),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("approved_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cycle")),
        sa.UniqueConstraint("city_code", "month", name=op.f("uq_cycle_city_code_month")),
    )
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cycle_month"), ["month"], unique=False)
        batch_op.create_index(batch_op.f("ix_cycle_state"), ["state"], unique=False)

    op.create_table(
        "depot",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("lat", sa.Float(), nullable=False),
        sa.Column("lon", sa.Float(), nullable=False),
        sa.Column("opens", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("closes", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_depot")),
        sa.UniqueConstraint("name", name=op.f("uq_depot_name")),
    )
    op.create_table(
        "droppoint",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "posyandu",
                "kelurahan_office",
                "other",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("kelurahan_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=False),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("day_of_month", sa.Integer(), nullable=True),
        sa.Column("opens", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("closes", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("(lat is null) = (lon is null)", name=op.f("ck_droppoint_lat_with_lon")),
        sa.CheckConstraint(
            "day_of_month is null or day_of_month between 1 and 31", name=op.f("ck_droppoint_day")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_droppoint")),
        sa.UniqueConstraint(
            "name", "kelurahan_code", name=op.f("uq_droppoint_name_kelurahan_code")
        ),
    )
    with op.batch_alter_table("droppoint", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_droppoint_kelurahan_code"), ["kelurahan_code"], unique=False
        )

    op.create_table(
        "duplicatepair",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "child",
                "sponsor",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("first_id", sa.Integer(), nullable=False),
        sa.Column("second_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("reasons", sa.JSON(), nullable=False),
        sa.Column(
            "decision",
            sa.Enum(
                "open",
                "asked",
                "distinct",
                "duplicate",
                name="decision",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.CheckConstraint("first_id < second_id", name=op.f("ck_duplicatepair_ordered")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_duplicatepair")),
        sa.UniqueConstraint(
            "kind", "first_id", "second_id", name=op.f("uq_duplicatepair_kind_first_id_second_id")
        ),
    )
    with op.batch_alter_table("duplicatepair", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_duplicatepair_decision"), ["decision"], unique=False)

    op.create_table(
        "household",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("kk_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("kk_index", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("guardian_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("guardian_nik_index", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("rt", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("rw", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("landmark", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("kelurahan_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
        sa.Column("posyandu", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("poverty_decile", sa.Integer(), nullable=True),
        sa.Column("is_at_risk", sa.Boolean(), nullable=True),
        sa.Column("risk_factors", sa.JSON(), nullable=False),
        sa.Column("confirmed_fields", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.CheckConstraint("(lat is null) = (lon is null)", name=op.f("ck_household_lat_with_lon")),
        sa.CheckConstraint(
            "poverty_decile is null or poverty_decile between 1 and 10",
            name=op.f("ck_household_decile"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_household")),
        sa.UniqueConstraint("code", name=op.f("uq_household_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_household_uid")),
    )
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_household_kelurahan_code"), ["kelurahan_code"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_household_kk_index"), ["kk_index"], unique=False)

    op.create_table(
        "importbatch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("file_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "previewed",
                "applied",
                "undone",
                "discarded",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("content", sa.LargeBinary(), nullable=True),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column("issues", sa.JSON(), nullable=False),
        sa.Column("undo", sa.JSON(), nullable=False),
        sa.Column("options", sa.JSON(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("applied_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_importbatch")),
    )
    with op.batch_alter_table("importbatch", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_importbatch_sha256"), ["sha256"], unique=False)

    op.create_table(
        "job",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("worker", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("lease_until", UTCDateTime(), nullable=True),
        sa.Column("progress", sa.Float(), nullable=False),
        sa.Column("progress_note", sa.JSON(), nullable=False),
        sa.Column("cancel_requested", sa.Boolean(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_job")),
    )
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_job_kind"), ["kind"], unique=False)
        batch_op.create_index(batch_op.f("ix_job_state"), ["state"], unique=False)

    op.create_table(
        "sponsor",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "person",
                "civil_servant",
                "company",
                "institution",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("institution", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_index", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("nik_masked", sqlmodel.sql.sqltypes.AutoString(length=18), nullable=True),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("email", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("kelurahan_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "active",
                "merged",
                "ended",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("merged_into_id", sa.Integer(), nullable=True),
        sa.Column("confirmed_fields", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.CheckConstraint("(lat is null) = (lon is null)", name=op.f("ck_sponsor_lat_with_lon")),
        sa.ForeignKeyConstraint(
            ["merged_into_id"], ["sponsor.id"], name=op.f("fk_sponsor_merged_into_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sponsor")),
        sa.UniqueConstraint("code", name=op.f("uq_sponsor_code")),
        sa.UniqueConstraint("nik_index", name=op.f("uq_sponsor_nik_index")),
        sa.UniqueConstraint("uid", name=op.f("uq_sponsor_uid")),
    )
    with op.batch_alter_table("sponsor", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_sponsor_state"), ["state"], unique=False)

    op.create_table(
        "account",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("full_name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "staff",
                "approver",
                "coordinator",
                "courier",
                "donor",
                "auditor",
                "admin",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("password_hash", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("sponsor_id", sa.Integer(), nullable=True),
        sa.Column("area_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
        sa.Column("language", sqlmodel.sql.sqltypes.AutoString(length=2), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.Column("code_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("code_step", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_account_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_account")),
        sa.UniqueConstraint("username", name=op.f("uq_account_username")),
    )
    op.create_table(
        "amendment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("subject", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("subject_id", sa.Integer(), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_amendment_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_amendment")),
    )
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_amendment_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "child",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column(
            "sex",
            sa.Enum(
                "male", "female", name="sex", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("nik_sealed", sa.LargeBinary(), nullable=True),
        sa.Column("nik_index", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("nik_masked", sqlmodel.sql.sqltypes.AutoString(length=16), nullable=True),
        sa.Column("birth_weight_g", sa.Integer(), nullable=True),
        sa.Column("birth_length_mm", sa.Integer(), nullable=True),
        sa.Column("allergies", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "needs_review",
                "eligible",
                "paused",
                "moved_pending",
                "duplicate",
                "not_eligible",
                "graduated",
                "exited",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("review_reasons", sa.JSON(), nullable=False),
        sa.Column("confirmed_haz_on", sa.Date(), nullable=True),
        sa.Column("paused_until", sa.Date(), nullable=True),
        sa.Column("exit_reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("effective_on", sa.Date(), nullable=True),
        sa.Column("duplicate_of_id", sa.Integer(), nullable=True),
        sa.Column("registered_month", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("confirmed_fields", sa.JSON(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["duplicate_of_id"], ["child.id"], name=op.f("fk_child_duplicate_of_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_child_household_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_child")),
        sa.UniqueConstraint("code", name=op.f("uq_child_code")),
        sa.UniqueConstraint("nik_index", name=op.f("uq_child_nik_index")),
        sa.UniqueConstraint("uid", name=op.f("uq_child_uid")),
    )
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_child_born_on"), ["born_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_child_household_id"), ["household_id"], unique=False)

    op.create_table(
        "cyclemove",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("from_state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("to_state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("verb", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cyclemove_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cyclemove")),
    )
    with op.batch_alter_table("cyclemove", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cyclemove_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "matchrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                "interrupted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("policy", sa.JSON(), nullable=False),
        sa.Column("problem_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("result_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("problem_json", sa.LargeBinary(), nullable=True),
        sa.Column("result_json", sa.LargeBinary(), nullable=True),
        sa.Column("levels", sa.JSON(), nullable=False),
        sa.Column("num_assigned", sa.Integer(), nullable=True),
        sa.Column("num_unassigned", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_matchrun_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_matchrun")),
    )
    with op.batch_alter_table("matchrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_matchrun_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "planrun",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "queued",
                "running",
                "done",
                "failed",
                "cancelled",
                "interrupted",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("seed", sa.Integer(), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("problem_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("problem_json", sa.LargeBinary(), nullable=True),
        sa.Column("plan_json", sa.LargeBinary(), nullable=True),
        sa.Column("distance_source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("duration_s", sa.Integer(), nullable=True),
        sa.Column("cost_rp", sa.Integer(), nullable=True),
        sa.Column("num_unserved", sa.Integer(), nullable=True),
        sa.Column("seconds", sa.Float(), nullable=True),
        sa.Column("error", sa.JSON(), nullable=True),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("started_at", UTCDateTime(), nullable=False),
        sa.Column("finished_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_planrun_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_planrun")),
    )
    with op.batch_alter_table("planrun", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_planrun_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "pledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column(
            "form",
            sa.Enum(
                "money",
                "goods",
                "both",
                name="form",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("num_children", sa.Integer(), nullable=False),
        sa.Column("amount_rp", sa.Integer(), nullable=False),
        sa.Column("goods", sa.JSON(), nullable=False),
        sa.Column("area_codes", sa.JSON(), nullable=False),
        sa.Column("first_month", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("num_months", sa.Integer(), nullable=False),
        sa.Column("is_standby", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "draft",
                "submitted",
                "active",
                "late",
                "suspended",
                "ending",
                "ended",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("suspended_from", sa.Date(), nullable=True),
        sa.Column("suspended_until", sa.Date(), nullable=True),
        sa.Column("end_reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("hold_until", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.Column("updated_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.CheckConstraint("amount_rp >= 0", name=op.f("ck_pledge_amount_nonnegative")),
        sa.CheckConstraint("num_children >= 0", name=op.f("ck_pledge_children_nonnegative")),
        sa.CheckConstraint("num_months > 0", name=op.f("ck_pledge_months_positive")),
        sa.ForeignKeyConstraint(["sponsor_id"], ["sponsor.id"], name=op.f("fk_pledge_sponsor_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledge")),
        sa.UniqueConstraint("code", name=op.f("uq_pledge_code")),
    )
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledge_first_month"), ["first_month"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_sponsor_id"), ["sponsor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledge_state"), ["state"], unique=False)

    op.create_table(
        "shortage",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("needed", sa.Integer(), nullable=False),
        sa.Column("available", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.JSON(), nullable=False),
        sa.Column("remedy", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("substitute_code", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("signed_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("signed_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_shortage_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_shortage")),
        sa.UniqueConstraint("cycle_id", "item_code", name=op.f("uq_shortage_cycle_id_item_code")),
    )
    with op.batch_alter_table("shortage", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_shortage_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "stockitem",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("on_hand", sa.Integer(), nullable=False),
        sa.Column("reserved", sa.Integer(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.CheckConstraint("on_hand >= 0", name=op.f("ck_stockitem_on_hand_nonnegative")),
        sa.CheckConstraint(
            "reserved >= 0 and reserved <= on_hand", name=op.f("ck_stockitem_reserved_within")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_stockitem_depot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stockitem")),
        sa.UniqueConstraint("depot_id", "item_code", name=op.f("uq_stockitem_depot_id_item_code")),
    )
    op.create_table(
        "assignment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("match_run_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "proposed",
                "approved",
                "withdrawn",
                "replaced",
                "fulfilled",
                "partly_fulfilled",
                "unfulfilled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("is_pinned", sa.Boolean(), nullable=False),
        sa.Column("is_kept", sa.Boolean(), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=True),
        sa.Column("why", sa.JSON(), nullable=False),
        sa.Column("state_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_assignment_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_assignment_cycle_id")),
        sa.ForeignKeyConstraint(
            ["match_run_id"], ["matchrun.id"], name=op.f("fk_assignment_match_run_id")
        ),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_assignment_pledge_id")),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["assignment.id"], name=op.f("fk_assignment_replaces_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assignment")),
        sa.UniqueConstraint(
            "match_run_id",
            "child_id",
            "pledge_id",
            name=op.f("uq_assignment_match_run_id_child_id_pledge_id"),
        ),
    )
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assignment_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_assignment_match_run_id"), ["match_run_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_assignment_pledge_id"), ["pledge_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assignment_state"), ["state"], unique=False)

    op.create_table(
        "changerequest",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("kind", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("payload", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "applied",
                "rejected",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("asked_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("asked_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_changerequest_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_changerequest")),
    )
    with op.batch_alter_table("changerequest", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_changerequest_child_id"), ["child_id"], unique=False)

    op.create_table(
        "consent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column(
            "purpose",
            sa.Enum(
                "programme",
                "display",
                "photo",
                name="purpose",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("guardian_name", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("evidence", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("granted_on", sa.Date(), nullable=False),
        sa.Column("expires_on", sa.Date(), nullable=True),
        sa.Column("withdrawn_at", UTCDateTime(), nullable=True),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_consent_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_consent")),
    )
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_consent_child_id"), ["child_id"], unique=False)

    op.create_table(
        "cyclechild",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("is_eligible", sa.Boolean(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("tier", sa.Integer(), nullable=True),
        sa.Column("points", sa.Integer(), nullable=True),
        sa.Column("months_waiting", sa.Integer(), nullable=False),
        sa.Column("haz", sa.Float(), nullable=True),
        sa.Column("measured_on", sa.Date(), nullable=True),
        sa.Column("age_days", sa.Integer(), nullable=False),
        sa.Column("kelurahan_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("is_point_exact", sa.Boolean(), nullable=False),
        sa.Column("allergies", sa.JSON(), nullable=False),
        sa.Column("kept_pledge_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_cyclechild_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cyclechild_cycle_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_cyclechild_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["kept_pledge_id"], ["pledge.id"], name=op.f("fk_cyclechild_kept_pledge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cyclechild")),
        sa.UniqueConstraint("cycle_id", "child_id", name=op.f("uq_cyclechild_cycle_id_child_id")),
    )
    with op.batch_alter_table("cyclechild", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cyclechild_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cyclechild_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "cyclepledge",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("sponsor_id", sa.Integer(), nullable=False),
        sa.Column("capacity", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("goods", sa.JSON(), nullable=False),
        sa.Column("area_codes", sa.JSON(), nullable=False),
        sa.Column("is_standby", sa.Boolean(), nullable=False),
        sa.Column("kelurahan_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("leftover_rp", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_cyclepledge_cycle_id")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_cyclepledge_pledge_id")
        ),
        sa.ForeignKeyConstraint(
            ["sponsor_id"], ["sponsor.id"], name=op.f("fk_cyclepledge_sponsor_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_cyclepledge")),
        sa.UniqueConstraint(
            "cycle_id", "pledge_id", name=op.f("uq_cyclepledge_cycle_id_pledge_id")
        ),
    )
    with op.batch_alter_table("cyclepledge", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_cyclepledge_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_cyclepledge_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "hold",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "pin", "ban", name="kind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.Column("released_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("released_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_hold_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_hold_cycle_id")),
        sa.ForeignKeyConstraint(["pledge_id"], ["pledge.id"], name=op.f("fk_hold_pledge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hold")),
    )
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_hold_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "measurement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("measured_on", sa.Date(), nullable=False),
        sa.Column("weight_g", sa.Integer(), nullable=True),
        sa.Column("lenhei_mm", sa.Integer(), nullable=True),
        sa.Column("position", sqlmodel.sql.sqltypes.AutoString(length=1), nullable=True),
        sa.Column("muac_mm", sa.Integer(), nullable=True),
        sa.Column("has_oedema", sa.Boolean(), nullable=False),
        sa.Column("weight_gain", sqlmodel.sql.sqltypes.AutoString(length=1), nullable=True),
        sa.Column("haz", sa.Float(), nullable=True),
        sa.Column("waz", sa.Float(), nullable=True),
        sa.Column("whz", sa.Float(), nullable=True),
        sa.Column("file_haz", sa.Float(), nullable=True),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.CheckConstraint(
            "lenhei_mm is null or lenhei_mm > 0", name=op.f("ck_measurement_lenhei_positive")
        ),
        sa.CheckConstraint(
            "weight_g is null or weight_g > 0", name=op.f("ck_measurement_weight_positive")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_measurement_child_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_measurement")),
        sa.UniqueConstraint(
            "child_id", "measured_on", name=op.f("uq_measurement_child_id_measured_on")
        ),
    )
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_measurement_child_id"), ["child_id"], unique=False)

    op.create_table(
        "onetimelink",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("purpose", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("created_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("used_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_onetimelink_account_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_onetimelink")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_onetimelink_token_hash")),
    )
    with op.batch_alter_table("onetimelink", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_onetimelink_account_id"), ["account_id"], unique=False)

    op.create_table(
        "pledgereceipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("receipt_uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=False),
        sa.Column("month", sqlmodel.sql.sqltypes.AutoString(length=7), nullable=False),
        sa.Column("received_on", sa.Date(), nullable=False),
        sa.Column("amount_rp", sa.Integer(), nullable=False),
        sa.Column("goods", sa.JSON(), nullable=False),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("recorded_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("recorded_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("amount_rp >= 0", name=op.f("ck_pledgereceipt_amount_nonnegative")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_pledgereceipt_pledge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pledgereceipt")),
        sa.UniqueConstraint("receipt_uid", name=op.f("uq_pledgereceipt_receipt_uid")),
    )
    with op.batch_alter_table("pledgereceipt", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_pledgereceipt_month"), ["month"], unique=False)
        batch_op.create_index(batch_op.f("ix_pledgereceipt_pledge_id"), ["pledge_id"], unique=False)

    op.create_table(
        "signin",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("created_at", UTCDateTime(), nullable=False),
        sa.Column("expires_at", UTCDateTime(), nullable=False),
        sa.Column("last_seen_at", UTCDateTime(), nullable=False),
        sa.Column("revoked_at", UTCDateTime(), nullable=True),
        sa.Column("user_agent", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_signin_account_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signin")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_signin_token_hash")),
    )
    with op.batch_alter_table("signin", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signin_account_id"), ["account_id"], unique=False)

    op.create_table(
        "unassigned",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("match_run_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("remedy", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_unassigned_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_unassigned_cycle_id")),
        sa.ForeignKeyConstraint(
            ["match_run_id"], ["matchrun.id"], name=op.f("fk_unassigned_match_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unassigned")),
        sa.UniqueConstraint(
            "match_run_id", "child_id", name=op.f("uq_unassigned_match_run_id_child_id")
        ),
    )
    with op.batch_alter_table("unassigned", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unassigned_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_unassigned_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_unassigned_match_run_id"), ["match_run_id"], unique=False
        )

    op.create_table(
        "vehicle",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "motorcycle",
                "pickup",
                "car",
                "boat",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("plate", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("capacity_g", sa.Integer(), nullable=False),
        sa.Column("capacity_ml", sa.Integer(), nullable=False),
        sa.Column("has_cool_box", sa.Boolean(), nullable=False),
        sa.Column("shift_starts", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("shift_ends", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("weekdays", sa.JSON(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=True),
        sa.Column("courier_name", sqlmodel.sql.sqltypes.AutoString(length=120), nullable=True),
        sa.Column("courier_phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("courier_account_id", sa.Integer(), nullable=True),
        sa.Column("source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("is_active", sa.Boolean(), nullable=False),
        sa.CheckConstraint("capacity_g > 0", name=op.f("ck_vehicle_weight_positive")),
        sa.CheckConstraint("capacity_ml > 0", name=op.f("ck_vehicle_volume_positive")),
        sa.ForeignKeyConstraint(
            ["courier_account_id"], ["account.id"], name=op.f("fk_vehicle_courier_account_id")
        ),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_vehicle_depot_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_vehicle")),
        sa.UniqueConstraint("name", name=op.f("uq_vehicle_name")),
    )
    op.create_table(
        "fulfilment",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "fulfilled",
                "partly",
                "unfulfilled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("packed_items", sa.Integer(), nullable=False),
        sa.Column("accepted_items", sa.Integer(), nullable=False),
        sa.Column("delivered_on", sa.Date(), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("judged_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint(
            "accepted_items <= packed_items", name=op.f("ck_fulfilment_accepted_within")
        ),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_fulfilment_assignment_id")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_fulfilment_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_fulfilment_cycle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_fulfilment")),
        sa.UniqueConstraint("assignment_id", name=op.f("uq_fulfilment_assignment_id")),
    )
    with op.batch_alter_table("fulfilment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_fulfilment_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_fulfilment_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "replacement",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("pledge_id", sa.Integer(), nullable=True),
        sa.Column("is_bridge_fund", sa.Boolean(), nullable=False),
        sa.Column("state", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("proposed_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("proposed_at", UTCDateTime(), nullable=False),
        sa.Column("decided_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("decided_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_replacement_assignment_id")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_replacement_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_replacement_cycle_id")),
        sa.ForeignKeyConstraint(
            ["pledge_id"], ["pledge.id"], name=op.f("fk_replacement_pledge_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_replacement")),
    )
    with op.batch_alter_table("replacement", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_replacement_assignment_id"), ["assignment_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_replacement_cycle_id"), ["cycle_id"], unique=False)

    op.create_table(
        "route",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("vehicle_id", sa.Integer(), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("trip", sa.Integer(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "confirmed",
                "stale",
                "dispatched",
                "finished",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("leaves_at", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("returns_at", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=False),
        sa.Column("distance_m", sa.Integer(), nullable=False),
        sa.Column("duration_s", sa.Integer(), nullable=False),
        sa.Column("distance_source", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("violations", sa.JSON(), nullable=False),
        sa.Column("accepted_reason", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("confirmed_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("confirmed_at", UTCDateTime(), nullable=True),
        sa.Column("dispatched_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("dispatched_at", UTCDateTime(), nullable=True),
        sa.Column("opened_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_route_cycle_id")),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_route_depot_id")),
        sa.ForeignKeyConstraint(["plan_run_id"], ["planrun.id"], name=op.f("fk_route_plan_run_id")),
        sa.ForeignKeyConstraint(["vehicle_id"], ["vehicle.id"], name=op.f("fk_route_vehicle_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_route")),
        sa.UniqueConstraint("code", name=op.f("uq_route_code")),
        sa.UniqueConstraint("uid", name=op.f("uq_route_uid")),
    )
    with op.batch_alter_table("route", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_route_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_route_day"), ["day"], unique=False)
        batch_op.create_index(batch_op.f("ix_route_state"), ["state"], unique=False)

    op.create_table(
        "stop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("route_id", sa.Integer(), nullable=True),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=True),
        sa.Column(
            "kind",
            sa.Enum(
                "home",
                "drop_point",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("household_id", sa.Integer(), nullable=True),
        sa.Column("drop_point_id", sa.Integer(), nullable=True),
        sa.Column("label", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("recipient", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("phone", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("address", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("rt", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("rw", sqlmodel.sql.sqltypes.AutoString(length=10), nullable=True),
        sa.Column("landmark", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=True),
        sa.Column("kelurahan_code", sqlmodel.sql.sqltypes.AutoString(length=13), nullable=True),
        sa.Column("lat", sa.Float(), nullable=True),
        sa.Column("lon", sa.Float(), nullable=True),
        sa.Column("arrives_at", sqlmodel.sql.sqltypes.AutoString(length=5), nullable=True),
        sa.Column("leg_distance_m", sa.Integer(), nullable=True),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "en_route",
                "delivered",
                "partly_delivered",
                "left_with_receiver",
                "picked_up",
                "failed",
                "rescheduled",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("wanted_on", sa.Date(), nullable=True),
        sa.Column("reschedules_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(lat is null) = (lon is null)", name=op.f("ck_stop_lat_with_lon")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_stop_cycle_id")),
        sa.ForeignKeyConstraint(
            ["drop_point_id"], ["droppoint.id"], name=op.f("fk_stop_drop_point_id")
        ),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_stop_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["reschedules_id"], ["stop.id"], name=op.f("fk_stop_reschedules_id")
        ),
        sa.ForeignKeyConstraint(["route_id"], ["route.id"], name=op.f("fk_stop_route_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stop")),
        sa.UniqueConstraint("route_id", "sequence", name=op.f("uq_stop_route_id_sequence")),
        sa.UniqueConstraint("uid", name=op.f("uq_stop_uid")),
    )
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stop_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stop_route_id"), ["route_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stop_state"), ["state"], unique=False)

    op.create_table(
        "package",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sqlmodel.sql.sqltypes.AutoString(length=24), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("assignment_id", sa.Integer(), nullable=False),
        sa.Column("child_id", sa.Integer(), nullable=False),
        sa.Column("household_id", sa.Integer(), nullable=False),
        sa.Column("kit_code", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("kit_version", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("deliver_on", sa.Date(), nullable=False),
        sa.Column("changes", sa.JSON(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "planned",
                "reserved",
                "packed",
                "loaded",
                "accepted",
                "partly_accepted",
                "rejected",
                "returned",
                "restocked",
                "spoiled",
                "reassigned",
                "lost",
                "carried",
                "cancelled",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("weight_g", sa.Integer(), nullable=False),
        sa.Column("volume_ml", sa.Integer(), nullable=False),
        sa.Column("needs_cool_box", sa.Boolean(), nullable=False),
        sa.Column("cost_rp", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column("replaces_id", sa.Integer(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("updated_at", UTCDateTime(), nullable=False),
        sa.CheckConstraint("volume_ml >= 0", name=op.f("ck_package_volume_nonnegative")),
        sa.CheckConstraint("weight_g >= 0", name=op.f("ck_package_weight_nonnegative")),
        sa.ForeignKeyConstraint(
            ["assignment_id"], ["assignment.id"], name=op.f("fk_package_assignment_id")
        ),
        sa.ForeignKeyConstraint(["child_id"], ["child.id"], name=op.f("fk_package_child_id")),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_package_cycle_id")),
        sa.ForeignKeyConstraint(
            ["household_id"], ["household.id"], name=op.f("fk_package_household_id")
        ),
        sa.ForeignKeyConstraint(
            ["replaces_id"], ["package.id"], name=op.f("fk_package_replaces_id")
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["stop.id"], name=op.f("fk_package_stop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_package")),
        sa.UniqueConstraint("code", name=op.f("uq_package_code")),
    )
    with op.batch_alter_table("package", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_package_assignment_id"), ["assignment_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_package_child_id"), ["child_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_package_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_package_state"), ["state"], unique=False)
        batch_op.create_index(batch_op.f("ix_package_stop_id"), ["stop_id"], unique=False)

    op.create_table(
        "deliveryevent",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_uid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column(
            "outcome",
            sa.Enum(
                "accepted",
                "partly_accepted",
                "rejected",
                "left_with_receiver",
                "left_at_drop_point",
                "failed",
                "lost",
                "undo",
                name="outcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("lines", sa.JSON(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=True),
        sa.Column("reason_text", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("receiver", sqlmodel.sql.sqltypes.AutoString(length=200), nullable=False),
        sa.Column("channel", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=False),
        sa.Column("device_id", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("device_seq", sa.Integer(), nullable=True),
        sa.Column("happened_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("undoes_uid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("is_superseded", sa.Boolean(), nullable=False),
        sa.Column("digest", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("flag", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_deliveryevent_package_id")
        ),
        sa.ForeignKeyConstraint(["stop_id"], ["stop.id"], name=op.f("fk_deliveryevent_stop_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveryevent")),
        sa.UniqueConstraint("event_uid", name=op.f("uq_deliveryevent_event_uid")),
    )
    with op.batch_alter_table("deliveryevent", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deliveryevent_package_id"), ["package_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_deliveryevent_stop_id"), ["stop_id"], unique=False)

    op.create_table(
        "deliveryexception",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("stop_id", sa.Integer(), nullable=True),
        sa.Column("event_uid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=True),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("text", sqlmodel.sql.sqltypes.AutoString(length=500), nullable=False),
        sa.Column("is_sensitive", sa.Boolean(), nullable=False),
        sa.Column(
            "state",
            sa.Enum(
                "open",
                "assigned",
                "action_chosen",
                "done",
                "verified",
                "closed",
                "reopened",
                name="state",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "action",
            sa.Enum(
                "redeliver",
                "pick_up",
                "reassign",
                "return",
                "spoil",
                "data_change",
                "exit_child",
                "grievance",
                name="action",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("owner", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("attempts", sa.Integer(), nullable=False),
        sa.Column("opened_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("opened_at", UTCDateTime(), nullable=False),
        sa.Column("closed_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("closed_at", UTCDateTime(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_deliveryexception_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_deliveryexception_package_id")
        ),
        sa.ForeignKeyConstraint(
            ["stop_id"], ["stop.id"], name=op.f("fk_deliveryexception_stop_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveryexception")),
    )
    with op.batch_alter_table("deliveryexception", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_deliveryexception_cycle_id"), ["cycle_id"], unique=False
        )
        batch_op.create_index(
            batch_op.f("ix_deliveryexception_package_id"), ["package_id"], unique=False
        )
        batch_op.create_index(batch_op.f("ix_deliveryexception_state"), ["state"], unique=False)

    op.create_table(
        "deliveryphoto",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("photo_uid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("event_uid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("sha256", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("taken_at", UTCDateTime(), nullable=False),
        sa.Column("received_at", UTCDateTime(), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_deliveryphoto_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_deliveryphoto")),
        sa.UniqueConstraint("photo_uid", name=op.f("uq_deliveryphoto_photo_uid")),
    )
    with op.batch_alter_table("deliveryphoto", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_deliveryphoto_event_uid"), ["event_uid"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_deliveryphoto_package_id"), ["package_id"], unique=False
        )

    op.create_table(
        "packageline",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sqlmodel.sql.sqltypes.AutoString(length=32), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("substitutes", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=True),
        sa.Column("accepted", sa.Integer(), nullable=False),
        sa.Column("rejected", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "accepted + rejected <= quantity", name=op.f("ck_packageline_result_within")
        ),
        sa.CheckConstraint(
            "accepted >= 0 and rejected >= 0", name=op.f("ck_packageline_result_nonnegative")
        ),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_packageline_quantity_positive")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_packageline_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_packageline")),
        sa.UniqueConstraint(
            "package_id", "item_code", name=op.f("uq_packageline_package_id_item_code")
        ),
        sa.UniqueConstraint("uid", name=op.f("uq_packageline_uid")),
    )
    with op.batch_alter_table("packageline", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_packageline_package_id"), ["package_id"], unique=False)

    op.create_table(
        "stockmove",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("move_uid", sqlmodel.sql.sqltypes.AutoString(length=64), nullable=False),
        sa.Column("depot_id", sa.Integer(), nullable=False),
        sa.Column("item_code", sqlmodel.sql.sqltypes.AutoString(length=30), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "opening",
                "receipt",
                "purchase",
                "reserve",
                "release",
                "pack",
                "return",
                "spoil",
                "lose",
                "correct",
                name="kind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=False),
        sa.Column("at", UTCDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["depot_id"], ["depot.id"], name=op.f("fk_stockmove_depot_id")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_stockmove_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_stockmove")),
        sa.UniqueConstraint("move_uid", name=op.f("uq_stockmove_move_uid")),
    )
    with op.batch_alter_table("stockmove", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_stockmove_depot_id"), ["depot_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_stockmove_item_code"), ["item_code"], unique=False)
        batch_op.create_index(batch_op.f("ix_stockmove_package_id"), ["package_id"], unique=False)

    op.create_table(
        "unservedstop",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("plan_run_id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("reason", sqlmodel.sql.sqltypes.AutoString(length=40), nullable=False),
        sa.Column("params", sa.JSON(), nullable=False),
        sa.Column("remedy", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["cycle_id"], ["cycle.id"], name=op.f("fk_unservedstop_cycle_id")),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_unservedstop_package_id")
        ),
        sa.ForeignKeyConstraint(
            ["plan_run_id"], ["planrun.id"], name=op.f("fk_unservedstop_plan_run_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_unservedstop")),
    )
    with op.batch_alter_table("unservedstop", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_unservedstop_cycle_id"), ["cycle_id"], unique=False)
        batch_op.create_index(
            batch_op.f("ix_unservedstop_plan_run_id"), ["plan_run_id"], unique=False
        )

    op.create_table(
        "verificationcall",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("cycle_id", sa.Integer(), nullable=False),
        sa.Column("package_id", sa.Integer(), nullable=False),
        sa.Column("answer", sqlmodel.sql.sqltypes.AutoString(length=20), nullable=True),
        sa.Column("note", sqlmodel.sql.sqltypes.AutoString(length=300), nullable=False),
        sa.Column("called_by", sqlmodel.sql.sqltypes.AutoString(length=80), nullable=True),
        sa.Column("called_at", UTCDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["cycle_id"], ["cycle.id"], name=op.f("fk_verificationcall_cycle_id")
        ),
        sa.ForeignKeyConstraint(
            ["package_id"], ["package.id"], name=op.f("fk_verificationcall_package_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_verificationcall")),
        sa.UniqueConstraint(
            "cycle_id", "package_id", name=op.f("uq_verificationcall_cycle_id_package_id")
        ),
    )
    with op.batch_alter_table("verificationcall", schema=None) as batch_op:
        batch_op.create_index(
            batch_op.f("ix_verificationcall_cycle_id"), ["cycle_id"], unique=False
        )

    guard_audit()


def downgrade() -> None:
    with op.batch_alter_table("verificationcall", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_verificationcall_cycle_id"))

    op.drop_table("verificationcall")
    with op.batch_alter_table("unservedstop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unservedstop_plan_run_id"))
        batch_op.drop_index(batch_op.f("ix_unservedstop_cycle_id"))

    op.drop_table("unservedstop")
    with op.batch_alter_table("stockmove", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stockmove_package_id"))
        batch_op.drop_index(batch_op.f("ix_stockmove_item_code"))
        batch_op.drop_index(batch_op.f("ix_stockmove_depot_id"))

    op.drop_table("stockmove")
    with op.batch_alter_table("packageline", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_packageline_package_id"))

    op.drop_table("packageline")
    with op.batch_alter_table("deliveryphoto", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveryphoto_package_id"))
        batch_op.drop_index(batch_op.f("ix_deliveryphoto_event_uid"))

    op.drop_table("deliveryphoto")
    with op.batch_alter_table("deliveryexception", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveryexception_state"))
        batch_op.drop_index(batch_op.f("ix_deliveryexception_package_id"))
        batch_op.drop_index(batch_op.f("ix_deliveryexception_cycle_id"))

    op.drop_table("deliveryexception")
    with op.batch_alter_table("deliveryevent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_deliveryevent_stop_id"))
        batch_op.drop_index(batch_op.f("ix_deliveryevent_package_id"))

    op.drop_table("deliveryevent")
    with op.batch_alter_table("package", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_package_stop_id"))
        batch_op.drop_index(batch_op.f("ix_package_state"))
        batch_op.drop_index(batch_op.f("ix_package_cycle_id"))
        batch_op.drop_index(batch_op.f("ix_package_child_id"))
        batch_op.drop_index(batch_op.f("ix_package_assignment_id"))

    op.drop_table("package")
    with op.batch_alter_table("stop", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_stop_state"))
        batch_op.drop_index(batch_op.f("ix_stop_route_id"))
        batch_op.drop_index(batch_op.f("ix_stop_cycle_id"))

    op.drop_table("stop")
    with op.batch_alter_table("route", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_route_state"))
        batch_op.drop_index(batch_op.f("ix_route_day"))
        batch_op.drop_index(batch_op.f("ix_route_cycle_id"))

    op.drop_table("route")
    with op.batch_alter_table("replacement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_replacement_cycle_id"))
        batch_op.drop_index(batch_op.f("ix_replacement_assignment_id"))

    op.drop_table("replacement")
    with op.batch_alter_table("fulfilment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_fulfilment_cycle_id"))
        batch_op.drop_index(batch_op.f("ix_fulfilment_child_id"))

    op.drop_table("fulfilment")
    op.drop_table("vehicle")
    with op.batch_alter_table("unassigned", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_unassigned_match_run_id"))
        batch_op.drop_index(batch_op.f("ix_unassigned_cycle_id"))
        batch_op.drop_index(batch_op.f("ix_unassigned_child_id"))

    op.drop_table("unassigned")
    with op.batch_alter_table("signin", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signin_account_id"))

    op.drop_table("signin")
    with op.batch_alter_table("pledgereceipt", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pledgereceipt_pledge_id"))
        batch_op.drop_index(batch_op.f("ix_pledgereceipt_month"))

    op.drop_table("pledgereceipt")
    with op.batch_alter_table("onetimelink", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_onetimelink_account_id"))

    op.drop_table("onetimelink")
    with op.batch_alter_table("measurement", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_measurement_child_id"))

    op.drop_table("measurement")
    with op.batch_alter_table("hold", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_hold_cycle_id"))

    op.drop_table("hold")
    with op.batch_alter_table("cyclepledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cyclepledge_pledge_id"))
        batch_op.drop_index(batch_op.f("ix_cyclepledge_cycle_id"))

    op.drop_table("cyclepledge")
    with op.batch_alter_table("cyclechild", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cyclechild_cycle_id"))
        batch_op.drop_index(batch_op.f("ix_cyclechild_child_id"))

    op.drop_table("cyclechild")
    with op.batch_alter_table("consent", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_consent_child_id"))

    op.drop_table("consent")
    with op.batch_alter_table("changerequest", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_changerequest_child_id"))

    op.drop_table("changerequest")
    with op.batch_alter_table("assignment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assignment_state"))
        batch_op.drop_index(batch_op.f("ix_assignment_pledge_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_match_run_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_cycle_id"))
        batch_op.drop_index(batch_op.f("ix_assignment_child_id"))

    op.drop_table("assignment")
    op.drop_table("stockitem")
    with op.batch_alter_table("shortage", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_shortage_cycle_id"))

    op.drop_table("shortage")
    with op.batch_alter_table("pledge", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_pledge_state"))
        batch_op.drop_index(batch_op.f("ix_pledge_sponsor_id"))
        batch_op.drop_index(batch_op.f("ix_pledge_first_month"))

    op.drop_table("pledge")
    with op.batch_alter_table("planrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_planrun_cycle_id"))

    op.drop_table("planrun")
    with op.batch_alter_table("matchrun", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_matchrun_cycle_id"))

    op.drop_table("matchrun")
    with op.batch_alter_table("cyclemove", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cyclemove_cycle_id"))

    op.drop_table("cyclemove")
    with op.batch_alter_table("child", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_child_household_id"))
        batch_op.drop_index(batch_op.f("ix_child_born_on"))

    op.drop_table("child")
    with op.batch_alter_table("amendment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_amendment_cycle_id"))

    op.drop_table("amendment")
    op.drop_table("account")
    with op.batch_alter_table("sponsor", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_sponsor_state"))

    op.drop_table("sponsor")
    with op.batch_alter_table("job", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_job_state"))
        batch_op.drop_index(batch_op.f("ix_job_kind"))

    op.drop_table("job")
    with op.batch_alter_table("importbatch", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_importbatch_sha256"))

    op.drop_table("importbatch")
    with op.batch_alter_table("household", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_household_kk_index"))
        batch_op.drop_index(batch_op.f("ix_household_kelurahan_code"))

    op.drop_table("household")
    with op.batch_alter_table("duplicatepair", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_duplicatepair_decision"))

    op.drop_table("duplicatepair")
    with op.batch_alter_table("droppoint", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_droppoint_kelurahan_code"))

    op.drop_table("droppoint")
    op.drop_table("depot")
    with op.batch_alter_table("cycle", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_cycle_state"))
        batch_op.drop_index(batch_op.f("ix_cycle_month"))

    op.drop_table("cycle")
    op.drop_table("audithead")
    with op.batch_alter_table("auditentry", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_auditentry_subject_id"))
        batch_op.drop_index(batch_op.f("ix_auditentry_subject"))
        batch_op.drop_index(batch_op.f("ix_auditentry_by"))
        batch_op.drop_index(batch_op.f("ix_auditentry_at"))
        batch_op.drop_index(batch_op.f("ix_auditentry_action"))

    op.drop_table("auditentry")
    op.drop_table("attemptcount")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION IF EXISTS auditentry_append_only()")
