"""The code generator, part by part: a piece of Lua, and what a part decides for it."""
