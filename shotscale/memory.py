"""Check that this process may use the memory needed to read a film."""

from shotscale.errors import UserError

_LEAST_BYTES = 2560 << 20
"""Bytes of address space. With 1 to 2 GB, some analyses finish and some fail midway; with less, libraries end the
process or mistake a lack of memory for a damaged film. With 2.5 GB and more, every try succeeded."""


def require_address_space() -> None:
    """Refuse to read a film if ``ulimit -v`` leaves too little memory, before a library fails.

    Raises
    ------
    UserError
        With the limit, the memory needed and the remedy.

    Examples
    --------
    >>> require_address_space()
    """
    try:
        import resource
    except ImportError:  # a system without such limits
        return
    limit, _ = resource.getrlimit(resource.RLIMIT_AS)
    if limit != resource.RLIM_INFINITY and limit < _LEAST_BYTES:
        raise UserError(
            f"not enough memory: the address space is limited to {limit >> 20} MB, and reading a film takes "
            f"{_LEAST_BYTES >> 20} MB of it; raise the limit (ulimit -v)"
        )
