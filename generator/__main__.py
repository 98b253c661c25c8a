"""`python -m generator` is the command `sitegen`."""

from generator.cli import main

main()
