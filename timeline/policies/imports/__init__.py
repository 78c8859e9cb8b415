"""Configuration exports of the platforms: each module reads one platform's, recognised by content."""
