-- EXPECT: parse -- a label inside another block
goto inside
do ::inside:: end
