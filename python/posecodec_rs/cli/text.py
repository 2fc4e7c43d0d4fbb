"""Numbers, sizes and counts as text."""


def number(value: float | None, digits: int) -> str:
    """A number, or a dash for None."""
    return "-" if value is None else f"{value:.{digits}f}"


def size_text(size: tuple[int, int]) -> str:
    """A size such as 192×256."""
    return f"{size[0]}×{size[1]}"


def count_text(count: int, noun: str) -> str:
    """A count with its noun, such as "1 image" or "3 images"."""
    return f"{count} {noun}{'s' * (count != 1)}"
