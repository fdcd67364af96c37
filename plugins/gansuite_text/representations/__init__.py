"""How texts are given to networks of numbers, and read again."""
