"""``asuh user``: accounts from the command line."""

import click

from api.cli.arguments import USERNAME
from api.cli.output import answer, refuse

ROLES = ("staff", "approver", "coordinator", "courier", "donor", "auditor", "admin", "kader")


@click.group()
def command() -> None:
    """Make accounts and give passwords."""


@command.command(epilog="Example: asuh user add siti --role staff --name 'Siti'")
@click.argument("username", type=USERNAME)
@click.option("--role", required=True, type=click.Choice(ROLES))
@click.option("--name", "full_name", required=True, help="As it is shown beside what is done.")
@click.option("--sponsor", help="Code of the sponsor, for a donor's account.")
@click.option("--area", help="Code of the kecamatan or kelurahan that it is bound to.")
@click.option("--posyandu", multiple=True, help="A posyandu there (repeat it for more).")
@click.option("--puskesmas", help="Name of the puskesmas that it is bound to.")
@click.option("--language", type=click.Choice(["id", "en"]), default="id", show_default=True)
@click.password_option(help="Asked for when it is not given.")
@click.option("--json", "as_json", is_flag=True, help="Answer for machines.")
def add(
    username: str,
    role: str,
    full_name: str,
    sponsor: str | None,
    area: str | None,
    posyandu: tuple[str, ...],
    puskesmas: str | None,
    language: str,
    password: str,
    as_json: bool,
) -> None:
    """Make an account; with an area, posyandu or puskesmas it works on that place alone."""
    from api.i18n import sentence
    from api.services.accounts import create_account
    from api.services.clock import utc_now
    from api.services.errors import ServiceError
    from api.services.sponsors import find_sponsor
    from api.settings import Settings
    from data.engine import write_session
    from data.schema import Role

    settings = Settings()
    engine = settings.open_engine()
    try:
        with write_session(engine) as session:
            sponsor_id = find_sponsor(session, code=sponsor).id if sponsor else None
            account = create_account(
                session,
                username=username,
                full_name=full_name,
                role=Role(role),
                by="asuh user add",
                now=utc_now(),
                password=password,
                profile=settings.password_profile.value,
                sponsor_id=sponsor_id,
                area_code=area,
                posyandu=posyandu,
                puskesmas=puskesmas,
            )
            account.language = language
            made = {"username": account.username, "role": account.role.value}
    except ServiceError as error:
        wrong = error.params.get("fields")
        codes = wrong.values() if isinstance(wrong, dict) else [error.code]
        text = " ".join(sentence(str(code), error.params, language) for code in codes)
        refuse(text, as_json=as_json, code=error.code)
    finally:
        engine.dispose()
    answer(made, as_json=as_json, text=f"{made['username']} ({made['role']})")
