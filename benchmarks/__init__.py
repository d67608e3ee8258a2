"""How fast it is: `python -m benchmarks` runs everything, and each module runs alone (`python -m benchmarks.xpt`)."""
