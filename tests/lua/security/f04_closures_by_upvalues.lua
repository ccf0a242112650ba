-- EXPECT: budget -- a closure over 60 new locals holds 60 cells: 256 bytes were charged for 3 kB
local function make()
  local
    u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, u10, u11, u12, u13, u14, u15, u16, u17, u18, u19, u20, u21, u22, u23, u24,
    u25, u26, u27, u28, u29, u30, u31, u32, u33, u34, u35, u36, u37, u38, u39, u40, u41, u42, u43, u44, u45, u46, u47,
    u48, u49, u50, u51, u52, u53, u54, u55, u56, u57, u58, u59
  return function()
    return
      u0, u1, u2, u3, u4, u5, u6, u7, u8, u9, u10, u11, u12, u13, u14, u15, u16, u17, u18, u19, u20, u21, u22, u23,
      u24, u25, u26, u27, u28, u29, u30, u31, u32, u33, u34, u35, u36, u37, u38, u39, u40, u41, u42, u43, u44, u45,
      u46, u47, u48, u49, u50, u51, u52, u53, u54, u55, u56, u57, u58, u59
  end
end
local t = {}
for i = 1, 1e6 do t[i] = make() end
