"""HAProxy asks over its own protocol, and carries out the answer from variables."""
