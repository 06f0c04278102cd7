"""The broker the tests run, as files: Kafka's jars and an archive of its loaded classes.

The jars come from Maven Central once (``kafka_pom.xml`` pins them) and stay in the user's
cache, outside the repository. The archive cuts a broker's start to about a third.
"""

import os
import re
import shutil
import subprocess
import tempfile
from functools import cache
from pathlib import Path
from xml.etree import ElementTree

POM = Path(__file__).with_name("kafka_pom.xml")
MAVEN = {"m": "http://maven.apache.org/POM/4.0.0"}
OLDEST_JAVA = 17


@cache
def java() -> str | None:
    """Return the path of a Java that can run the broker, or None."""
    path = shutil.which("java")
    if path is None:
        return None
    answer = subprocess.run([path, "-version"], capture_output=True, text=True, check=False)
    found = re.search(r'version "(\d+)', answer.stderr)
    return path if found and int(found[1]) >= OLDEST_JAVA else None


@cache
def version() -> str:
    """Return the version of the broker, as the pom pins it."""
    path = "m:dependencies/m:dependency[m:groupId='org.apache.kafka']/m:version"
    return str(ElementTree.parse(POM).findtext(path, namespaces=MAVEN))


def cached() -> Path:
    """Return the folder of the cache that belongs to this version."""
    caches = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    return caches / "relevo-tests" / f"kafka-{version()}"


def class_path() -> str:
    """Return Java's class path, in an order that is always the same; empty without jars.

    The archive is used only with the very class path it was made with.
    """
    return ":".join(str(jar) for jar in sorted((cached() / "lib").glob("*.jar")))


def class_archive() -> Path:
    """Return where the archive of loaded classes is, or would be."""
    return cached() / "classes.jsa"


def fetch() -> None:
    """Fill the cache with the jars, where there is Maven; prints what Maven says if it fails."""
    maven = shutil.which("mvn")
    if not maven or class_path():
        return
    print(f"fetching Kafka {version()} by Maven into {cached()}", flush=True)
    cached().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cached()) as scratch:
        fetched = Path(scratch) / "lib"
        copied = subprocess.run(
            [maven, "--quiet", "--batch-mode", "--file", str(POM), "dependency:copy-dependencies"]
            + ["-DincludeScope=runtime", f"-DoutputDirectory={fetched}"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if copied.returncode == 0:
            fetched.rename(cached() / "lib")  # whole or not at all
        else:
            print(copied.stdout, copied.stderr)
