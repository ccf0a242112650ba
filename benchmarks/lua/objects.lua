local N = 1200000 -- small: 8000
-- Classes by metatables with __index, inheritance, methods.

local Account = {}
Account.__index = Account

function Account.new(owner, balance)
  local self = setmetatable({}, Account)
  self.owner = owner
  self.balance = balance or 0
  return self
end

function Account:deposit(amount)
  self.balance = self.balance + amount
end

function Account:withdraw(amount)
  if amount > self.balance then
    return false
  end
  self.balance = self.balance - amount
  return true
end

function Account:get()
  return self.balance
end

local Savings = setmetatable({}, { __index = Account })
Savings.__index = Savings

function Savings.new(owner, balance, rate)
  local self = Account.new(owner, balance)
  self.rate = rate
  return setmetatable(self, Savings)
end

function Savings:interest()
  self:deposit(self.balance * self.rate)
end

local refused = 0
local a = Account.new("a", 100)
local s = Savings.new("s", 100, 0.00001)
for i = 1, N do
  a:deposit(i % 10)
  if not a:withdraw(i % 13) then
    refused = refused + 1
  end
  if i % 4 == 0 then
    s:interest()
    s:withdraw(1)
  end
end

local sum = 0
for i = 1, N / 8 do
  local account = Account.new("x", i)
  account:deposit(1)
  sum = sum + account:get()
end
print(a:get(), string.format("%.6f", s:get()), refused, sum)
