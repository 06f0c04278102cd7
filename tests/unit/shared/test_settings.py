"""Settings: from the environment or a file, with misspelt names told and secrets kept."""

import os

import pytest
from pydantic import Field, SecretStr, ValidationError

from shared.settings import Settings, unknown_names


class Sample(Settings):
    retention_days: int = Field(default=90, ge=1)


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch):
    for name in list(os.environ):
        if name.startswith("RELEVO_"):
            monkeypatch.delenv(name)


def test_defaults_need_no_environment():
    settings = Sample()

    assert settings.database_url == "sqlite:///data"
    assert settings.admin_key is None


def test_the_environment_wins_over_the_default(monkeypatch):
    monkeypatch.setenv("RELEVO_RETENTION_DAYS", "7")

    assert Sample().retention_days == 7


def test_an_empty_value_is_no_value(monkeypatch):
    monkeypatch.setenv("RELEVO_RETENTION_DAYS", "")

    assert Sample().retention_days == 90


def test_a_value_can_come_from_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text("from-a-file\n")
    monkeypatch.setenv("RELEVO_ADMIN_KEY_FILE", str(tmp_path / "key"))

    assert Sample().admin_key == SecretStr("from-a-file")


def test_a_value_in_the_environment_wins_over_the_file(monkeypatch, tmp_path):
    (tmp_path / "days").write_text("1")
    monkeypatch.setenv("RELEVO_RETENTION_DAYS_FILE", str(tmp_path / "days"))
    monkeypatch.setenv("RELEVO_RETENTION_DAYS", "2")

    assert Sample().retention_days == 2


@pytest.mark.parametrize(
    ("name", "value"),
    [
        pytest.param("RELEVO_PORT", "99999", id="port"),
        pytest.param("RELEVO_LANGUAGE", "fr", id="language"),
        pytest.param("RELEVO_ZONE", "Sevilla", id="zone"),
        pytest.param("RELEVO_DATABASE_URL", "mysql://root:hunter2@db", id="database"),
        pytest.param("RELEVO_BUS_URL", "redis://hunter2@db", id="bus"),
    ],
)
def test_a_wrong_value_is_refused_without_being_repeated(monkeypatch, name, value):
    monkeypatch.setenv(name, value)
    with pytest.raises(ValidationError) as caught:
        Sample()

    assert name.removeprefix("RELEVO_").lower() in str(caught.value)
    assert value not in str(caught.value)


def test_settings_can_be_printed_without_their_secrets(monkeypatch):
    monkeypatch.setenv("RELEVO_ADMIN_KEY", "hunter2")
    monkeypatch.setenv("RELEVO_DATABASE_URL", "postgresql://relevo:hunter2@db/relevo")

    assert "hunter2" not in repr(Sample())


def test_a_misspelt_name_is_told_with_the_right_one():
    environment = {
        "RELEVO_ADMN_KEY": "x",
        "RELEVO_RETENTION_DAY": "x",
        "RELEVO_ZZZZZZ": "x",
        "RELEVO_PORT": "1",
        "RELEVO_ADMIN_KEY_FILE": "x",
        "RELEVO_TEST_POSTGRES_URL": "x",
        "RELEVO_INGEST_SERVICE_HOST": "10.0.0.1",
        "RELEVO_INGEST_SERVICE_PORT_HTTP": "8480",
        "RELEVO_INGEST_PORT": "tcp://10.0.0.1:8480",
        "RELEVO_INGEST_PORT_8480_TCP_ADDR": "10.0.0.1",
        "PATH": "x",
    }

    unread, has = "is not a setting of Relevo and has no effect", "; did you mean RELEVO"
    assert unknown_names([Sample], environment) == [
        f"RELEVO_ADMN_KEY {unread}{has}_ADMIN_KEY?",
        f"RELEVO_RETENTION_DAY {unread}{has}_RETENTION_DAYS?",
        f"RELEVO_ZZZZZZ {unread}",
    ]
