"""``python -m cdisc_conv``: the command line where the script is not on the path."""

from cdisc_conv.cli import main

if __name__ == "__main__":
    main()
