"""A failure is logged by kind and place; a name or a number on which it failed is not."""

import logging

import pytest
from fastapi import FastAPI
from pydantic import BaseModel

from api.safe_logs import told_safely
from tests.applications import browser

NAME = "Ibu Rahasia"


class Form(BaseModel):
    age: int


def fail_on_a_name() -> None:
    try:
        Form.model_validate({"age": NAME})
    except ValueError as error:
        msg = f"cannot read {NAME}"
        raise LookupError(msg) from error


def test_an_exception_is_told_by_frames_and_classes() -> None:
    with pytest.raises(LookupError) as failure:
        fail_on_a_name()
    told = told_safely(failure.value)
    assert NAME not in told
    assert "fail_on_a_name" in told
    assert "ValidationError" in told
    assert told.endswith("builtins.LookupError")


def test_the_operating_systems_words_stay() -> None:
    assert told_safely(OSError("disk full")) == "builtins.OSError: disk full"


@pytest.mark.parametrize("logger", ["asuh", "asuh.jobs", "asuh.worker", "uvicorn.error"])
def test_no_logger_of_the_server_tells_what_was_written(
    app: FastAPI, caplog: pytest.LogCaptureFixture, logger: str
) -> None:
    try:
        fail_on_a_name()
    except LookupError:
        logging.getLogger(logger).exception("failure 1")
    assert "fail_on_a_name" in caplog.text
    assert NAME not in caplog.text


def test_a_page_that_fails_logs_its_number_and_no_name(
    own_app: FastAPI, caplog: pytest.LogCaptureFixture
) -> None:
    own_app.add_api_route("/api/v1/rusak", fail_on_a_name)
    answer = browser(own_app).get("/api/v1/rusak")
    number = answer.json()["params"]["number"]
    assert answer.status_code == 500
    assert f"failure {number}" in caplog.text
    assert NAME not in caplog.text
