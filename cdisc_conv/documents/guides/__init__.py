"""The reviewer's guides: what a run knows, in the outline that reviewers expect, to edit and to submit."""
