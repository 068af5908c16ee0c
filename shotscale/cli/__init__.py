"""The `shotscale` command: its commands by what they do, and what all commands share on a terminal."""
