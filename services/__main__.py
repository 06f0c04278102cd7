"""The ``relevo`` command."""

from services.cli.app import main

if __name__ == "__main__":
    main()

__all__ = ["main"]
