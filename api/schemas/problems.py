"""What every refusal looks like on the wire."""

from pydantic import BaseModel, Field


class Problem(BaseModel):
    """A refusal (``application/problem+json``): the code is for programs, the title for people."""

    status: int
    code: str = Field(description="Dotted id that never changes, such as move.state")
    title: str = Field(description="The sentence in the reader's language")
    params: dict[str, object] = Field(default_factory=dict, description="Values of the sentence")
    fields: dict[str, object] | None = Field(
        default=None, description="What is wrong by field, or what differs by field (409)"
    )
