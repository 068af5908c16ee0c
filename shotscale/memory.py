"""Whether this process may use the memory that reading a film takes."""

from shotscale.errors import UserError

__all__ = ["require_address_space"]

_LEAST_BYTES = 2560 << 20
"""Of address space. In 1 to 2 GB an analysis ends now well, now in the middle; in less, libraries end the process, or
take a lack of memory for a damaged film. In 2.5 GB and more every try went well."""


def require_address_space() -> None:
    """Refuse to read a film where ``ulimit -v`` leaves too little, before a library fails for it.

    Raises
    ------
    UserError
        With the limit, what is needed, and the remedy.

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
