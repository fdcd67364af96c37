"""Sounds as the networks see them: spectrograms with, or without, their phase."""
