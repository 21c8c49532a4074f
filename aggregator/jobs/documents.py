"""One document of ours, laid where subscribers find it."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path

from aggregator.publish.files import Same, Written, publish
from aggregator.render import check

log = logging.getLogger(__name__)


def lay(
    folder: Path,
    file: str,
    format_name: str,
    render: Callable[[], bytes],
    publish: Callable[[Path, str, bytes], Written | Same] = publish,
) -> int | str:
    """1 if the file changed, 0 if it has these bytes already; in words, why the last good one was left in place."""
    try:
        content = render()
        if (problem := check(content, format_name)) is not None:
            return f"{file} was not replaced: {problem}"
        return int(isinstance(publish(folder, file, content), Written))
    except OSError as error:
        return f"{file} was not replaced: {error.strerror or error}"
    except Exception as error:
        log.exception("cannot render %s: this is a fault of aggregator", file)
        return f"{file} was not replaced: {type(error).__name__}: {error}"
