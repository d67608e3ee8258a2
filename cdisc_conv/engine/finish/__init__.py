"""Columns to finished datasets: order, keys, --SEQ, types, supplemental qualifiers."""
