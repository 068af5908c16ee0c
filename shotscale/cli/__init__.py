"""The `shotscale` command: one module per command, and what all commands share on a terminal."""
