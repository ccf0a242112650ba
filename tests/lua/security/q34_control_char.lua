-- EXPECT: parse -- a control character in the source
return 1  + 2
