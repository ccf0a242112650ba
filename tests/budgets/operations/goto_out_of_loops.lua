-- Jumps out of nested loops.
for i = 1, 1e9 do
  for j = 1, 3 do for k = 1, 3 do if k == 2 then goto out end end end
  ::out::
end
