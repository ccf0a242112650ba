print("a number as error value") --> a number as error value
error(42) --> error: uncaught_number.lua:2: 42
