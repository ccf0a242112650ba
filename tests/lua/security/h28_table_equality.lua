-- EXPECT: ok =false -- equal contents are not equal tables
return {1} == {1}
