local N = 8500 -- small: 80
-- Words of a text, counted, the most frequent first.

local text = [[
The quick brown fox jumps over the lazy dog. The dog barks; the fox runs away, and the
quick rabbit watches the fox, the dog and the lazy cat. A gateway asks the engine, once per
request, where to send it: the engine runs the script of the tenant and answers. Never was so
much owed by so many to so few, said the quick brown fox to the lazy dog of the tenant.
]]

local function count_words(source, counts)
  for word in source:lower():gmatch("%a+") do
    counts[word] = (counts[word] or 0) + 1
  end
  return counts
end

local counts = {}
for i = 1, N do
  count_words(text .. " round" .. i % 10, counts)
  local words = {}
  for word in pairs(counts) do
    words[#words + 1] = word
  end
  table.sort(words, function(a, b)
    if counts[a] == counts[b] then
      return a < b
    end
    return counts[a] > counts[b]
  end)
  if i == N then
    for j = 1, 5 do
      print(words[j], counts[words[j]])
    end
  end
end
