"""What happens to the subjects: their way through the study, its treatment, their tumours, events and laboratory."""
