-- EXPECT: parse -- no such label
goto nowhere
