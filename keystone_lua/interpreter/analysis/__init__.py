"""What is known of a tree before code is generated: scopes, types, fixed builtins, prices, compile cost."""
