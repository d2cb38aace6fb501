"""``python -m akegraph``."""

from akegraph.cli import main

if __name__ == "__main__":
    main()
