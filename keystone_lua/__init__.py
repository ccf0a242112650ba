"""Keystone Lua Engine: routing decisions for gateways, by sandboxed Lua scripts."""
