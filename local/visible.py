"""Text of people and systems, made safe for a terminal."""


def visible(text: str) -> str:
    """Return the text with everything written out that a terminal would not show, or obey."""
    return "".join(
        character if character.isprintable() else character.encode("unicode_escape").decode()
        for character in text
    )
