"""Bytes become records: a handful of shapes, cut without loss."""
