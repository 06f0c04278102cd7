import os
import stat

import pytest
from joserfc.jwk import ECKey
from pydantic import SecretStr

from services import configuration
from services.cli.checks import check_links, check_sign_in
from services.configuration import BadSettings
from services.handoff import sign_in_settings
from services.parts import NAMES
from shared.access import is_well_formed
from shared.answer_links import LinkSettings

UNSAFE_DATABASE = "postgresql://relevo:relevo@db/relevo"
LONG_KEY = "k" * 32


@pytest.fixture(autouse=True)
def only_what_the_test_sets(monkeypatch, tmp_path):
    for name in list(os.environ):
        if name.startswith("RELEVO_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("RELEVO_DATABASE_URL", f"sqlite:///{tmp_path}")
    monkeypatch.setenv("RELEVO_BUS_URL", f"sqlite:///{tmp_path}")


def test_every_wrong_value_is_told_at_once_and_none_twice(monkeypatch):
    monkeypatch.setenv("RELEVO_PORT", "x")
    monkeypatch.setenv("RELEVO_ZONE", "Europe/Madird")
    monkeypatch.setenv("RELEVO_DATABASE_URL", "mysql://db/relevo")

    with pytest.raises(BadSettings) as bad:
        configuration.read(NAMES)

    named = [sentence.partition(":")[0] for sentence in bad.value.sentences]
    assert sorted(named) == ["RELEVO_DATABASE_URL", "RELEVO_PORT", "RELEVO_ZONE"]


def test_a_wrong_secret_is_not_repeated(monkeypatch):
    monkeypatch.setenv("RELEVO_DATABASE_URL", "mysql://relevo:hunter2@db/relevo")

    with pytest.raises(BadSettings) as bad:
        configuration.read(NAMES)

    assert "hunter2" not in str(bad.value)


def test_a_secret_can_be_a_file(monkeypatch, tmp_path):
    (tmp_path / "key").write_text(f"{LONG_KEY}\n")
    monkeypatch.setenv("RELEVO_ADMIN_KEY_FILE", str(tmp_path / "key"))

    admin_key = configuration.read(NAMES).common.admin_key

    assert admin_key is not None
    assert admin_key.get_secret_value() == LONG_KEY


def test_a_missing_file_is_told(monkeypatch, tmp_path):
    monkeypatch.setenv("RELEVO_ADMIN_KEY_FILE", str(tmp_path / "none"))

    with pytest.raises(BadSettings, match="cannot be read"):
        configuration.read(NAMES)


def test_an_empty_variable_is_not_set(monkeypatch):
    monkeypatch.setenv("RELEVO_PORT", "")
    monkeypatch.setenv("RELEVO_ADMIN_KEY", "")

    common = configuration.read(NAMES).common

    assert (common.port, common.admin_key) == (8480, None)


def test_a_misspelt_name_is_told_with_the_right_one(monkeypatch):
    monkeypatch.setenv("RELEVO_LANGAUGE", "es")
    monkeypatch.setenv("RELEVO_KEY", "rlv_mine")
    monkeypatch.setenv("RELEVO_SMTP_URL_FILE", "/run/secrets/smtp")

    told = configuration.unknown()

    assert len(told) == 1
    assert told[0].startswith("RELEVO_LANGAUGE is not a setting of Relevo")
    assert told[0].endswith("did you mean RELEVO_LANGUAGE?")


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"RELEVO_ADMIN_KEY": "short"}, "shorter than 32", id="a short admin key"),
        pytest.param(
            {"RELEVO_PUBLIC_URL": "http://relevo.acme.com"}, "not https", id="no TLS outside"
        ),
        pytest.param({"RELEVO_DATABASE_URL": UNSAFE_DATABASE}, "well-known", id="a usual password"),
        pytest.param(
            {"RELEVO_DATABASE_URL": UNSAFE_DATABASE}, "ADMIN_KEY is not set", id="no admin key"
        ),
        pytest.param({"RELEVO_LOG_LEVEL": "debug"}, "debug", id="debug logs"),
    ],
)
def test_production_refuses_what_is_unsafe(monkeypatch, changes, words):
    for name, value in changes.items():
        monkeypatch.setenv(name, value)

    assert any(words in found for found in configuration.unsafe(configuration.read(NAMES)))


def test_production_takes_what_is_safe(monkeypatch):
    monkeypatch.setenv("RELEVO_DATABASE_URL", "postgresql://relevo:9f3c1f0b@db/relevo")
    monkeypatch.setenv("RELEVO_BUS_URL", "kafka://kafka:9092")
    monkeypatch.setenv("RELEVO_PUBLIC_URL", "https://relevo.acme.com")
    monkeypatch.setenv("RELEVO_ADMIN_KEY", LONG_KEY)

    assert configuration.unsafe(configuration.read(NAMES)) == []


def test_the_embedded_product_makes_an_admin_key_once_for_its_owner_alone(tmp_path):
    first = configuration.with_admin_key(configuration.read(NAMES))
    second = configuration.with_admin_key(configuration.read(NAMES))

    file = tmp_path / configuration.ADMIN_KEY_FILE
    keys = {one.admin_key.get_secret_value() for one in first.services.values() if one.admin_key}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys == {file.read_text().strip()}
    assert all(is_well_formed(key) for key in keys)
    assert second.common.admin_key == first.common.admin_key
    assert (first.is_admin_key_new, second.is_admin_key_new) == (True, False)


def test_a_given_admin_key_is_kept_and_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("RELEVO_ADMIN_KEY", LONG_KEY)

    configured = configuration.with_admin_key(configuration.read(NAMES))

    assert configured.admin_key_file is None
    assert list(tmp_path.iterdir()) == []


def test_urls_lead_to_where_the_product_listens_unless_a_public_one_is_given(monkeypatch):
    found = configuration.reached_at(configuration.read(NAMES), "http://127.0.0.1:45151")
    monkeypatch.setenv("RELEVO_PUBLIC_URL", "https://relevo.acme.com/")
    given = configuration.reached_at(configuration.read(NAMES), "http://127.0.0.1:45151")

    assert {one.public_url for one in found.services.values()} == {"http://127.0.0.1:45151"}
    assert given.common.public_url == "https://relevo.acme.com"


def test_an_address_that_was_only_found_out_counts_as_none_for_links(monkeypatch):
    monkeypatch.setenv("RELEVO_LINK_KEYS", LONG_KEY)
    found = configuration.reached_at(configuration.read(NAMES), "http://127.0.0.1:45151")
    monkeypatch.setenv("RELEVO_PUBLIC_URL", "https://relevo.acme.com")
    given = configuration.reached_at(configuration.read(NAMES), "http://127.0.0.1:45151")

    assert [linking(found, name).sends_links() for name in ("handoff", "notify")] == [False] * 2
    assert [linking(given, name).sends_links() for name in ("handoff", "notify")] == [True] * 2


def test_the_embedded_product_makes_a_link_key_once_for_both_services(tmp_path):
    first = configuration.with_link_key(configuration.read(NAMES))
    second = configuration.with_link_key(configuration.read(NAMES))

    file = tmp_path / configuration.LINK_KEY_FILE
    keys = {
        linking(one, name).link_keys for one in (first, second) for name in ("handoff", "notify")
    }
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert keys == {SecretStr(file.read_text().strip())}


def test_a_given_link_key_is_kept_and_elsewhere_none_is_made(monkeypatch, tmp_path):
    monkeypatch.setenv("RELEVO_LINK_KEYS", LONG_KEY)
    kept = configuration.with_link_key(configuration.read(NAMES))
    monkeypatch.delenv("RELEVO_LINK_KEYS")
    monkeypatch.setenv("RELEVO_DATABASE_URL", "postgresql://relevo:9f3c1f0b@db/relevo")
    none = configuration.with_link_key(configuration.read(NAMES))

    assert linking(kept, "notify").link_keys == SecretStr(LONG_KEY)
    assert linking(none, "notify").link_keys is None
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "keys",
    [
        pytest.param("short", id="a short one"),
        pytest.param(f"{LONG_KEY},short", id="a short one behind"),
        pytest.param(f"{LONG_KEY},", id="an empty one"),
        pytest.param(",".join([LONG_KEY] * 6), id="too many"),
    ],
)
def test_link_keys_are_long_and_few(monkeypatch, keys):
    monkeypatch.setenv("RELEVO_LINK_KEYS", keys)

    with pytest.raises(configuration.BadSettings, match="RELEVO_LINK_KEYS: ") as bad:
        configuration.read(NAMES)

    assert "kkk" not in str(bad.value), "the keys are not repeated"


@pytest.mark.parametrize(
    ("settings", "status", "says"),
    [
        pytest.param({}, "warn", "RELEVO_PUBLIC_URL is not set", id="no address"),
        pytest.param(
            {"PUBLIC_URL": "http://127.0.0.1:8480"}, "warn", "only this machine", id="loopback"
        ),
        pytest.param(
            {"PUBLIC_URL": "https://relevo.acme.com"}, "ok", "messages link to", id="well"
        ),
        pytest.param(
            {"PUBLIC_URL": "https://relevo.acme.com", "DATABASE_URL": "postgresql://db/relevo"},
            "warn",
            "RELEVO_LINK_KEYS is not set",
            id="no key",
        ),
    ],
)
def test_the_doctor_says_whether_messages_carry_links(monkeypatch, settings, status, says):
    for name, value in settings.items():
        monkeypatch.setenv(f"RELEVO_{name}", value)
    found = check_links(configuration.read(NAMES))

    assert (found.status, says in found.detail) == (status, True)
    assert bool(found.remedy) == (status != "ok")


def linking(configured: configuration.Configuration, name: str) -> LinkSettings:
    settings = configured.services[name]
    assert isinstance(settings, LinkSettings)
    return settings


PROVIDER = {
    "RELEVO_OIDC_ISSUER": "https://id.acme.com",
    "RELEVO_OIDC_CLIENT_ID": "relevo",
    "RELEVO_OIDC_CLIENT_SECRET": "something",
}


@pytest.mark.parametrize(
    ("settings", "says"),
    [
        pytest.param(
            {"RELEVO_OIDC_ISSUER": "https://id.acme.com"},
            "lacks RELEVO_OIDC_CLIENT_ID and RELEVO_OIDC_CLIENT_SECRET",
            id="half of it",
        ),
        pytest.param({"RELEVO_PASSWORD_SIGN_IN": "false"}, "lets nobody in", id="nobody gets in"),
        pytest.param(PROVIDER | {"RELEVO_OIDC_ISSUER": "id.acme.com"}, "https URL", id="no URL"),
        pytest.param(PROVIDER | {"RELEVO_OIDC_ALLOW": "here"}, "RELEVO_OIDC_ALLOW", id="networks"),
    ],
)
def test_a_start_refuses_half_a_provider(monkeypatch, settings, says):
    for name, value in settings.items():
        monkeypatch.setenv(name, value)

    with pytest.raises(BadSettings) as bad:
        configuration.read(NAMES)

    assert says in str(bad.value)
    assert "RELEVO_:" not in str(bad.value)


def test_a_provider_without_its_library_is_told(monkeypatch):
    for name, value in PROVIDER.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setattr(sign_in_settings, "LIBRARIES", ("authlib", "a_library_nobody_has"))

    with pytest.raises(BadSettings, match=r"pip install 'relevo\[oidc\]'"):
        configuration.read(NAMES)


def test_production_refuses_a_provider_somebody_on_the_way_could_be(monkeypatch):
    for name, value in (PROVIDER | {"RELEVO_OIDC_ISSUER": "http://id.acme.com"}).items():
        monkeypatch.setenv(name, value)

    found = " ".join(configuration.unsafe(configuration.read(NAMES)))

    assert "RELEVO_OIDC_ISSUER is not https" in found
    assert "RELEVO_PUBLIC_URL is not set" in found


@pytest.mark.parametrize(
    ("changed", "statuses", "says"),
    [
        pytest.param({}, ["ok"], "answers", id="all is well"),
        pytest.param({"issuer": "https://other"}, ["fail"], "is about 'https://other'", id="other"),
        pytest.param({"jwks_uri": 1}, ["fail"], "names no jwks_uri", id="no keys"),
        pytest.param(
            {"code_challenge_methods_supported": ["plain"]}, ["ok", "fail"], "S256", id="no PKCE"
        ),
    ],
)
async def test_the_doctor_asks_the_provider(monkeypatch, httpserver, changed, statuses, says):
    issuer = httpserver.url_for("").rstrip("/")
    described = {"issuer": issuer} | dict.fromkeys(
        ("authorization_endpoint", "token_endpoint", "jwks_uri"), f"{issuer}/x"
    )
    described |= changed
    key = ECKey.generate_key("P-256").as_dict(private=False)
    httpserver.expect_request("/.well-known/openid-configuration").respond_with_json(described)
    httpserver.expect_request("/x").respond_with_json({"keys": [key]})
    for name, value in (PROVIDER | {"RELEVO_OIDC_ISSUER": issuer}).items():
        monkeypatch.setenv(name, value)
    refused = await check_sign_in(configuration.read(NAMES))
    monkeypatch.setenv("RELEVO_OIDC_ALLOW", "127.0.0.0/8")
    found = await check_sign_in(configuration.read(NAMES))

    assert "RELEVO_OIDC_ALLOW" in refused[0].remedy
    assert [one.status for one in found] == statuses
    assert says in found[-1].detail
