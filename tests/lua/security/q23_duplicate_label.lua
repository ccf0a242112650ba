-- EXPECT: parse -- the same label twice
::a::
::a::
