"""The place of a record among its group: order, first and last, baseline, running values."""
