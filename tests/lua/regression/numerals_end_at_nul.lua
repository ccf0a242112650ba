-- strtod and strtoul read C strings: what follows a NUL is not looked at. `tonumber("1\0")` was nil.
print(tonumber("1\0"), tonumber("1\0abc"), tonumber("\0"), tonumber("0x10\0z"), "2\0" + 1, tonumber(" 5 \0 x")) --> 1\t1\tnil\t16\t3\t5
print(tonumber("11\0", 2), tonumber("z\0q", 36), tonumber("\0", 16), tonumber("7 \0", 8)) --> 3\t35\tnil\t7
