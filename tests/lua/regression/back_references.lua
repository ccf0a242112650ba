-- Back references to captures that matched nothing.
print(("x=1"):find("(.-)=%1")) --> 2\t2\t
print(("ab=1"):find("(.-)=%1")) --> 3\t3\t
print(("x="):find("(.*)=%1")) --> 2\t2\t
print(("x=1"):find("()(.-)=%2")) --> 2\t2\t2\t
print(("x=1,y=2"):match("(.-)%p%1")) -->
print(("a,a"):match("(.-),%1")) --> a
print(("abab"):find("(a-)b%1")) --> 1\t3\ta
print(("=="):gsub("(x*)=%1", "<%1>")) --> <><>\t2
