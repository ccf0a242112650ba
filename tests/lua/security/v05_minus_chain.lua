-- EXPECT: ok|budget -- minimal matches that fail late
return ((("ab"):rep(500)):match(".-.-.-.-.-c"))
