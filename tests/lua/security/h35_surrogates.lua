-- EXPECT: ok =3 -- bytes that look like a surrogate
return #"\237\160\128"
