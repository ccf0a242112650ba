-- EXPECT: ok|error -- intervals wider than numbers
return math.random(-2 ^ 53, 2 ^ 53) <= 2 ^ 53 and math.random(2 ^ 31) >= 1
