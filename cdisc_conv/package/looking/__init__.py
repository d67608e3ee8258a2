"""What a programmer looks at while a mapping is written: records beside raw rows, values, origins of variables."""
