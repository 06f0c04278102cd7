"""The servers and clients the tests need: which this machine has, and how to get the rest.

``python -m tests.support.parts`` (``make test-parts``) gets what is missing: packages by
apt where it runs as root (Chromium too), Kafka's jars by Maven, the vendors' clients for Node.js
by npm. It fails only where every part is required, ``RELEVO_TEST_REQUIRE=all``; elsewhere the
tests leave out what they cannot run and say so in one line.
"""

import asyncio
import os
import shutil
import subprocess
import sys

from tests.support import browser, kafka, kafka_jars, node_packages, postgres

REQUIRE = "RELEVO_TEST_REQUIRE"


def all_required() -> bool:
    """True when a missing part must fail the run, as it does in CI."""
    return os.environ.get(REQUIRE) == "all"


def missing() -> dict[str, str]:
    """Return, for each part this machine cannot start, what is lacking and the remedy."""
    lacking = {
        "postgres": postgres.lacking(),
        "kafka": kafka.lacking(),
        "node": node_packages.lacking(),
        "browser": browser.lacking(),
    }
    return {part: reason for part, reason in lacking.items() if reason}


def fetch() -> None:
    """Get the parts that are missing, as far as this machine allows."""
    if postgres.lacking():
        _apt_install("postgresql")
    if kafka.lacking():
        if not kafka_jars.java():
            _apt_install("default-jre-headless")
            kafka_jars.java.cache_clear()
        if not shutil.which("mvn"):
            _apt_install("maven")
        kafka_jars.fetch()
    if not kafka.lacking():
        asyncio.run(kafka.archive_classes())
    if node_packages.lacking():
        if not node_packages.node():
            _apt_install("nodejs")
            node_packages.node.cache_clear()
        if not shutil.which("npm"):
            _apt_install("npm")
        node_packages.fetch()
    if browser.lacking():
        _apt_install("chromium")
        browser.chromium.cache_clear()


def _apt_install(package: str) -> None:
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return
    print(f"installing {package} by apt-get", flush=True)
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (
        ["update", "-qq"],
        ["install", "-y", "-qq", "--no-install-recommends", package],
    ):
        subprocess.run(
            ["apt-get", *arguments], stdin=subprocess.DEVNULL, env=environment, check=False
        )


def main() -> int:
    """Get the parts, tell what is still missing; 1 when that must not be."""
    fetch()
    for part, reason in missing().items():
        print(f"the {part} tests will be left out: {reason}")
    return 1 if missing() and all_required() else 0


if __name__ == "__main__":
    sys.exit(main())
