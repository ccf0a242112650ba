-- EXPECT: parse -- a malformed number
return 1.2.3
