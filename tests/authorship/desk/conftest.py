"""The desk's page of a folder, in a browser."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from chromium import patient

from authorship.desk.server import desk_server

Opened = Callable[..., Any]


@pytest.fixture
def opened(browser: Any) -> Iterator[Opened]:
    """Return a function that opens the page of a folder in a context of its own, with the context's options."""
    with ExitStack() as stack:

        def open_page(folder: Path, **options: Any) -> Any:
            server = stack.enter_context(desk_server(folder))
            context = browser.new_context(**options)
            stack.callback(context.close)
            page = patient(context.new_page())
            page.goto(server.address)
            page.wait_for_selector("body[data-ready]")
            return page

        yield open_page
