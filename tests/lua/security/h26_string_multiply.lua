-- EXPECT: error -- * does not repeat strings
return "ab" * 3
