"""Settings: read once from the environment, each value checked."""

from __future__ import annotations

from dataclasses import fields

import pytest

from akegraph.errors import SettingsError
from akegraph.settings import Settings, read_settings


def test_defaults_and_every_field_from_the_environment() -> None:
    assert read_settings({}) == Settings()
    environment = {
        "AKEGRAPH_WORKERS": "3", "AKEGRAPH_TIMEOUT": "0.5", "AKEGRAPH_MEMORY": "512", "AKEGRAPH_RESULT_SIZE": "1",
        "AKEGRAPH_QUERY_SIZE": "10", "AKEGRAPH_LANGUAGE": "sv",
    }  # fmt: skip
    assert read_settings(environment) == Settings(3, 0.5, 512, 1, 10, "sv")
    assert set(environment) == {f"AKEGRAPH_{field.name.upper()}" for field in fields(Settings)}


@pytest.mark.parametrize(
    ("name", "value"),
    [("WORKERS", "two"), ("WORKERS", "-5"), ("WORKERS", "0"), ("TIMEOUT", "nan"), ("TIMEOUT", "inf"), ("TIMEOUT", "-1"),
     ("MEMORY", "1.5"), ("LANGUAGE", "de")],
)  # fmt: skip
def test_a_value_that_makes_no_sense_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"AKEGRAPH_{name}"):
        read_settings({f"AKEGRAPH_{name}": value})


def test_every_field_says_what_it_is() -> None:
    assert all(field.metadata["help"] for field in fields(Settings))
