"""Data sets made of others, for translation: what is translated, and what it is to be translated to."""
