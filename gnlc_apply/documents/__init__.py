"""What is printed: dossier, receipt, blank form, letters, the sheet of a jury's minutes. Plain values in, bytes out."""
