"""The `authorship` command: one module per command; the only place of the package that prints or exits."""
