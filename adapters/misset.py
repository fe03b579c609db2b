"""What every reader of the environment raises."""


class SettingsError(ValueError):
    """A variable of the environment is missing or makes no sense; the text names it."""

    def __init__(self, variable: str, expected: str) -> None:
        super().__init__(f"{variable}: expected {expected}")
        self.variable = variable
