-- EXPECT: ok =nil -- strings have no Python attributes
return ("x").__class__ or ("x").format_map or ("x").encode
