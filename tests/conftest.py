"""What tests of every folder may use."""

from .headless_chromium import chromium

__all__ = ["chromium"]
