-- EXPECT: budget -- one chunk of 100,000 statements: it is paid for as it is read, long before it is compiled
-- allow-load
return loadstring(("a = a + 1 "):rep(100000))
