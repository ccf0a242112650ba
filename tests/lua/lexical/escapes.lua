-- Escape sequences of quoted strings (5.1).
print("a\nb") --> a
--> b
print("tab\tend") --> tab\tend
print("\\", "\"", '\'', "\'", '\"') --> \\\t"\t'\t'\t"
print(#"\a\b\f\n\r\t\v\\\"\'") --> 10
print(("\a\b\f\n\r\t\v"):byte(1, -1)) --> 7\t8\t12\t10\t13\t9\t11
print("\65\066\0067") --> AB\x067
print(("\0"):byte(), #"\0", #"a\0b") --> 0\t1\t3
print("\0651") --> A1
print(("\255\254\0\1"):byte(1, 4)) --> 255\t254\t0\t1
print("a\
b") --> a
--> b
print(#"a\
\
b") --> 4
print('single "double" inside', "double 'single' inside") --> single "double" inside\tdouble 'single' inside
print("\q\w\-\%\[") --> qw-%[
print("\1a" == "\001a", "\1" .. "0" == "\10", #"\0011") --> true\tfalse\t2
print("\104\101\108\108\111") --> hello
print(("%q"):format("a\\b\"c\0d\re")) --> "a\\\\b\\"c\\000d\\re"
print("x\0y" == "x\0y", "x\0y" == "x\0z", "x\0y" < "x\0z") --> true\tfalse\ttrue
print("\n\n" == [[


]]) --> true
print("tail\32") --> tail\x20
print("tab\9tab") --> tab\ttab
