"""Envoy asks over gRPC, and carries out the answer. Needs the extra ``grpc``."""
