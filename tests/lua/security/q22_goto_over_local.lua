-- EXPECT: parse -- a jump into the scope of a local
goto over
local x = 1
::over::
print(x)
