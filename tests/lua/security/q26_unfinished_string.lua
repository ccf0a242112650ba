-- EXPECT: parse -- a line ends inside a string
return "abc
"
