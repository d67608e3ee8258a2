"""What cannot become a define.xml, found before anything is written."""
