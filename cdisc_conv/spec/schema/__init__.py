"""JSON Schema of the mapping language, made from the models that read it, so that editors complete and check YAML."""
