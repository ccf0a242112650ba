-- EXPECT: ok =5 -- rawset on _G makes a global
rawset(_G, 'made', 5)
return made
