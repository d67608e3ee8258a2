"""Dataset files of any format and any maker, read as tables: transport files, SAS7BDAT, CSV, Parquet, Dataset-JSON."""
