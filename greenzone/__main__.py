"""`python -m greenzone` does what the `greenzone` command does."""

from greenzone.cli import main

main()
