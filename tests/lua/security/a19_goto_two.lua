-- EXPECT: budget -- two labels that jump to each other
local n = 0
::a:: n = n + 1 goto b
::b:: n = n + 1 goto a
