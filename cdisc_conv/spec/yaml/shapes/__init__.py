"""The shape of the YAML files: which keys there are, and what kind of value each takes.

These models check structure only; `load` turns them into the frozen types of `model`, and `lint` asks whether what
they say makes sense. The JSON Schema for editors is made from them.
"""
