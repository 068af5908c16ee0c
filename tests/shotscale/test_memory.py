"""Too low an address-space limit is refused before it makes a library fail."""

import re

import pytest

from shotscale.errors import UserError
from shotscale.memory import require_address_space

resource = pytest.importorskip("resource")


@pytest.mark.parametrize("megabytes", [64, 2559])
def test_too_little_is_told_in_megabytes(megabytes: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (megabytes << 20, resource.RLIM_INFINITY))
    with pytest.raises(UserError, match=re.escape(f"limited to {megabytes} MB, and reading a film takes 2560 MB")):
        require_address_space()


@pytest.mark.parametrize("limit", [2560 << 20, resource.RLIM_INFINITY])
def test_enough_is_enough(limit: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (limit, limit))
    require_address_space()
