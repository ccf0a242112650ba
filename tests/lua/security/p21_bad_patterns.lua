-- EXPECT: ok =false -- malformed patterns never reach the host
for _, p in ipairs({"%", "[", "[a", "[^", "(", ")", "(()", "%b", "%bx", "%f", "%1", "(%1)", "[%", "%f[", "((((((((((((((((((((((((((((((((((", "[a-", "*", "^*", "$$", "]", "}", "{", "\\", "(?i)x", "(?:a)", "\\d+", "[[:alpha:]]", "a{1,3}", "(?P<n>x)", "\\"}) do pcall(string.find, "some text", p) pcall(string.gsub, "some text", p, p) pcall(string.gmatch, "x", p) end
return (pcall(string.find, "x", "[a"))
