"""Why a start is refused: always one sentence that says what to do."""


class CannotStart(Exception):
    pass
