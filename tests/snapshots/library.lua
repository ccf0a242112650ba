return math.floor(2.5), string.byte('abc', 2), math.pi
