"""The refusal of a start, with one sentence that says what to do."""


class CannotStart(Exception):
    pass
