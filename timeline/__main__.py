"""`python -m timeline` and the command `timeline`."""

from timeline.cli import app


def main() -> None:
    app(prog_name="timeline")


if __name__ == "__main__":
    main()
