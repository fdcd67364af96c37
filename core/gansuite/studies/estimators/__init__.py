"""Estimators side by side at one state of a problem whose gradient is known by enumeration."""
