"""How long a check may think: in steps, so that the same policy always gets the same answer."""


class Undecided(Exception):
    """Nothing is claimed: it would take more steps than are allowed."""


class Effort:
    """The steps that are left."""

    def __init__(self, steps: int) -> None:
        """Allow ``steps`` steps."""
        self._left = steps

    def spend(self, steps: int = 1) -> None:
        """Take some steps. Raises ``Undecided`` when none are left."""
        self._left -= steps
        if self._left < 0:
            raise Undecided
