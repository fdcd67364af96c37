"""Pictures: read from folders and archives, or shipped with a library."""
