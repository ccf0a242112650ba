-- A method of what is surely a string needs no look-up, and two strings are joined without a look at their classes.
local text = "abc"
local upper = text:upper()
return text .. upper
