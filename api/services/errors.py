"""What a use case answers when it does not do what it was asked.

ServiceError
├── NotFound      the thing is not there, or not for this person (404; never says which)
├── Forbidden     this person may not (403)
├── Refused       the rules or the state forbid it (409); nothing was changed
├── StaleVersion  someone else saved in between (409, with both versions of each field)
└── Invalid       a value is missing or wrong (422, by field)

Each carries a code and parameters; the sentence in the reader's language comes from
``api.sentences``.
"""


class ServiceError(Exception):
    """A use case did not do what it was asked.

    Parameters
    ----------
    code
        Dotted id such as ``cycle.not_locked``; every code has its sentence in ``api.sentences``.
    params
        Values that the sentence names (what was expected, what was found, what to do).
    """

    status = 400

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.code = code
        self.params = params


class NotFound(ServiceError):
    """The thing does not exist, or this person may not know that it does."""

    status = 404


class Forbidden(ServiceError):
    """The person may not do this."""

    status = 403


class Refused(ServiceError):
    """The rules or the state of things forbid it; nothing was changed."""

    status = 409


class StaleVersion(ServiceError):
    """The row was changed by someone else since it was read.

    ``params["fields"]`` maps each differing field to ``{"yours": …, "theirs": …, "base": …}``;
    ``params["version"]`` is the version to merge onto.
    """

    status = 409


class Invalid(ServiceError):
    """A value is missing or wrong; ``params["fields"]`` maps field to code."""

    status = 422
