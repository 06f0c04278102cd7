"""Health checks of containers, whose images have neither curl nor a shell worth calling.

``python -m services.probe [/healthz|/readyz]`` exits 0 when the process in this container
answers 200 there, 1 otherwise. Imports next to nothing: it runs every few seconds.
"""

import http.client
import os
import sys

TIMEOUT_S = 3


def is_well(path: str, port: int) -> bool:
    """Return whether this machine's Relevo answers 200 at ``path``."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=TIMEOUT_S)
    try:
        connection.request("GET", path)
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    path = sys.argv[1] if len(sys.argv) > 1 else "/healthz"
    sys.exit(0 if is_well(path, int(os.environ.get("RELEVO_PORT") or 8480)) else 1)
