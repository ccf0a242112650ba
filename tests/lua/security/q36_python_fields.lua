-- EXPECT: ok =nil -- fields that are attributes in Python
local t = {}
return t.__class__ or t.__dict__ or t.__init__ or t.keys or t.items or t.get or t.meta or t.pop or t.__missing__ or (function() end == nil) or nil
