"""The `authorship` command: one module per command; the only part of the package that prints or exits."""
