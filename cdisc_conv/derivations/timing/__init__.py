"""When something happened in the course of the trial: visits, windows, epochs, periods."""
