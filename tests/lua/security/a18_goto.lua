-- EXPECT: budget -- a loop made of goto alone
::top::
goto top
