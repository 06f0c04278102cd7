"""Writes the checked-in schemas again: ``python -m shared.contracts``."""

from pathlib import Path

from shared.contracts.schemas import files


def main() -> None:
    """Write every generated file, and delete those of types that are gone."""
    root = Path(__file__).parent
    made = files()
    for old in root.glob("schemas/*.json"):
        if f"schemas/{old.name}" not in made:
            old.unlink()
    (root / "schemas").mkdir(exist_ok=True)
    for name, content in made.items():
        (root / name).write_bytes(content)
    print(f"{len(made)} files written below {root.name}/")


if __name__ == "__main__":
    main()
