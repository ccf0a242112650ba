-- A module that also makes a global, as some do.
shared_words = { "stable", "canary" }
return { first = shared_words[1] }
