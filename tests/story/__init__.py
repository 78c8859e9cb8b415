"""The demo evidence: a fictional signing-key theft, written in genuine vendor formats by a seeded generator."""
