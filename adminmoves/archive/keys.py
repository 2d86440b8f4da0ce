"""Under which key a document's file lies: its office, its administration, its move."""

from adminmoves.models import Administration, Environment, Move

TOGETHER = 1000
"""So many documents share a folder."""


def key_of(
    environment: Environment, administration: Administration, move: str, document: int
) -> str:
    """``move``: the number and revision of the move that copies it, so that no two
    write the same key; "new" for a document that was not moved yet."""
    return key_in(_folder(environment, administration, move), document)


def key_in(folder: str, document: int) -> str:
    return f"{folder}/{document // TOGETHER}/{document}"


def folder_of(key: str) -> str:
    """The folder of a move that this key is in, as ``key_in`` made it."""
    return key.rsplit("/", 2)[0]


def folder_after(move: Move, revision: int) -> str:
    """Under which this revision of the move copies all documents."""
    if move.to_environment is None or move.administration is None:
        raise ValueError("only a complete move copies an archive")
    written_by = f"{move.number}-{revision}"
    return _folder(move.to_environment, move.administration, written_by)


def _folder(environment: Environment, administration: Administration, move: str) -> str:
    return f"{environment.public_id}/{administration.public_id}/{move}"
