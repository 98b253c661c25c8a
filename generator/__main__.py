"""`python -m generator` is the command `sitegen`."""

from generator.cli.main import main

main()
