"""`simulation.yaml` and `forms.yaml` as the simulator needs them, checked."""
