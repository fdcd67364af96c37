"""``python -m gansuite`` and ``torchrun -m gansuite``."""

from gansuite.cli import main

main()
