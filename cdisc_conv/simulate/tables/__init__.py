"""Rows, words and random numbers below, and the tables that become files."""
