-- EXPECT: parse -- 0x without digits
return 0x
