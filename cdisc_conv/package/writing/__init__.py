"""What a run writes, made beside the output folder and put in its place in one step."""
