"""Entry point of the `authorship` command; handles signals before importing anything else."""

from shotscale.interrupts import begin


def main() -> None:
    """Run the command line."""
    begin("authorship")
    from authorship.cli.app import main as run_command

    run_command()


if __name__ == "__main__":
    main()
