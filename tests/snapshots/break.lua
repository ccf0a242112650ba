while true do
  if ... then break end
end
