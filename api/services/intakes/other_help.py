"""Lists of other programmes (MBG, PMT, PKH): which of our children they help too."""

from collections import defaultdict
from collections.abc import Sequence

from sqlmodel import select

from api.services.intakes.plan import NOT_LINKED, Plan, RowPlan
from api.services.months import month_of
from data.queries.people import squashed
from data.readers.records import OtherHelpRecord
from data.schema import Child, ChildState, HelpProgramme, Household, OtherHelp
from data.sealing import blind_index

AMBIGUOUS = "intake.other_help_ambiguous"


def plan_other_help(plan: Plan, records: Sequence[OtherHelpRecord]) -> None:
    """Plan whom of our children a list names: by NIK, else name and birth day, else family card.

    A name does not outweigh a NIK: whose record has another one is another child. A list by family
    card helps all children of the family. A row without a month counts in the month that the file
    speaks of, else in that of the import. What an earlier list says too is kept for this one as
    well, so that it stands when the earlier one is undone; a list takes nothing of another back.
    """
    children = _Children(plan)
    known = {
        (row.programme.value, row.month, row.child_id)
        for row in plan.session.exec(select(OtherHelp))
    }
    said: set[tuple[str, str, int]] = set()
    this_month = month_of(plan.as_of or plan.today)
    for record in records:
        row = RowPlan(record.row, "child", record.child_name or "?")
        plan.rows.append(row)
        found, is_unsure = children.named(record)
        if not found:
            row.notes = [NOT_LINKED]  # most of such a list names children who are not ours
            if is_unsure:
                row.warnings.append({"code": AMBIGUOUS, "params": {"child": row.label}})
            continue
        row.label = ", ".join(child.code for child in found)
        month = month_of(record.month) if record.month else this_month
        for child in found:
            key = (record.programme, month, child.id or 0)
            if key in said:
                continue
            said.add(key)
            plan.add(
                0,
                OtherHelp(
                    programme=HelpProgramme(record.programme), month=month,
                    child_id=child.id or 0, source=str(plan.options.get("file_name", ""))[:200],
                    by=plan.by, at=plan.now,
                ),
            )  # fmt: skip
            if key not in known:
                row.fields["other_help"] = {"before": None, "after": f"{record.programme} {month}"}
                row.action = "new"


class _Children:
    """Our children by NIK, by name and birth day, and by family card."""

    def __init__(self, plan: Plan) -> None:
        self.keys = plan.keys
        self.by_nik: dict[str, Child] = {}
        self.by_name: defaultdict[tuple[str, object], list[Child]] = defaultdict(list)
        self.by_card: defaultdict[str, list[Child]] = defaultdict(list)
        rows = (
            select(Child, Household.kk_index)
            .join(Household)
            .where(Child.state != ChildState.DUPLICATE)
        )
        for child, card in plan.session.exec(rows):
            if child.nik_index:
                self.by_nik[child.nik_index] = child
            if card:
                self.by_card[card].append(child)
            self.by_name[squashed(child.name), child.born_on].append(child)

    def named(self, record: OtherHelpRecord) -> tuple[list[Child], bool]:
        """Return the children that a row names, and whether it could be several by name."""
        if record.nik and (child := self.by_nik.get(blind_index(self.keys, record.nik))):
            return [child], False
        if record.child_name and record.born_on:
            named = self.by_name.get((squashed(record.child_name), record.born_on), [])
            # A child of ours with that NIK was not found: who has one is somebody else.
            fitting = [child for child in named if not (record.nik and child.nik_index)]
            if fitting:
                return (fitting, False) if len(fitting) == 1 else ([], True)
        if record.family_card and not record.child_name:
            return self.by_card.get(blind_index(self.keys, record.family_card), []), False
        return [], False
