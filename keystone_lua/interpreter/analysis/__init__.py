"""What is known of a tree before code is made of it: scopes, types, fixed builtins, prices, compile cost."""
