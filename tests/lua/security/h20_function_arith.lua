-- EXPECT: error -- functions are no Python objects to scripts
return print.__class__.__base__
