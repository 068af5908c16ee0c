"""Entry point of the installed `shotscale` command; signals are handled before anything else is imported."""

from shotscale.interrupts import begin


def main() -> None:
    """Run the command line."""
    begin("shotscale")
    from shotscale.cli.app import main as run_command

    run_command()


if __name__ == "__main__":
    main()
