error("first line\nsecond line") --> error: uncaught_multiline.lua:1: first line
