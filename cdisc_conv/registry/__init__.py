"""Records of trial registries, and the draft of protocol.yaml that they give."""
