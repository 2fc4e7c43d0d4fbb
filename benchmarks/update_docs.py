"""Inserts Markdown between markers in a file."""

import re
from pathlib import Path


def replace(path: Path, text: str, name: str = "speed") -> None:
    """Replace the text between `<!-- name:start -->` and `<!-- name:end -->`.

    Raises:
        SystemExit: If the file does not have exactly one such pair.
    """
    start, end = f"<!-- {name}:start -->", f"<!-- {name}:end -->"
    page = path.read_text()
    pattern = re.compile(f"{re.escape(start)}.*?{re.escape(end)}", re.DOTALL)
    if len(pattern.findall(page)) != 1:
        raise SystemExit(f"{path} needs one pair of {start} and {end}")
    path.write_text(pattern.sub(lambda _: f"{start}\n{text.strip()}\n{end}", page))
