"""Keys of the files: office / administration / move / folder / document."""

from adminmoves.models import Administration, Environment, Move

DOCUMENTS_PER_FOLDER = 1000
"""A folder with millions of names is slow to list and to back up."""


def key_of(
    environment: Environment, administration: Administration, move: str, document: int
) -> str:
    """``move``: number and revision of the move that copies it, or "new".

    So no two moves write the same key.
    """
    return key_in(_folder(environment, administration, move), document)


def key_in(folder: str, document: int) -> str:
    return f"{folder}/{document // DOCUMENTS_PER_FOLDER}/{document}"


def folder_of(key: str) -> str:
    """The folder of a move in a key, as ``key_in`` made it."""
    return key.rsplit("/", 2)[0]


def folder_after(move: Move, revision: int) -> str:
    """The folder in which this revision of the move writes its copies."""
    if move.to_environment is None or move.administration is None:
        raise ValueError("only a complete move copies an archive")
    written_by = f"{move.number}-{revision}"
    return _folder(move.to_environment, move.administration, written_by)


def _folder(environment: Environment, administration: Administration, move: str) -> str:
    return f"{environment.public_id}/{administration.public_id}/{move}"
